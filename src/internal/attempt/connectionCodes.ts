/** Codes of failed connections that tell the reason, from any runtime. */

/** A proxy refused to open a tunnel. This is the code of Node's own agents and of Bun, and ours for undici. */
export const proxyRefused = "ERR_PROXY_TUNNEL"

/** The error name of a signal with a time limit. Bun's `fetch` has such a signal of its own. */
export const timedOut = "TimeoutError"

/**
 * Why a certificate is refused: the codes of OpenSSL and BoringSSL, and Node's for a host name that the certificate
 * does not cover.
 */
export const refusedCertificates: ReadonlySet<string> = new Set([
  ...["CERT_CHAIN_TOO_LONG", "CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID", "CERT_REJECTED", "CERT_REVOKED"],
  ...["CERT_SIGNATURE_FAILURE", "CERT_UNTRUSTED", "CRL_HAS_EXPIRED", "CRL_NOT_YET_VALID", "CRL_SIGNATURE_FAILURE"],
  ...["DEPTH_ZERO_SELF_SIGNED_CERT", "SELF_SIGNED_CERT_IN_CHAIN", "ERR_TLS_CERT_ALTNAME_INVALID", "HOSTNAME_MISMATCH"],
  ...["ERROR_IN_CERT_NOT_AFTER_FIELD", "ERROR_IN_CERT_NOT_BEFORE_FIELD", "ERROR_IN_CRL_LAST_UPDATE_FIELD"],
  ...["ERROR_IN_CRL_NEXT_UPDATE_FIELD", "INVALID_CA", "INVALID_PURPOSE", "PATH_LENGTH_EXCEEDED", "UNABLE_TO_GET_CRL"],
  ...["UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY", "UNABLE_TO_DECRYPT_CERT_SIGNATURE", "UNABLE_TO_DECRYPT_CRL_SIGNATURE"],
  ...["UNABLE_TO_GET_ISSUER_CERT", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"]
])
