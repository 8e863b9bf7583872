/** Formats US dollars for people. */

const significantDigits = 4

/**
 * `$0.04`, `$12.50`, `$0.000001056`, `$1,234.57`, `$5`: four significant digits, never less than cents, and no cents
 * for whole dollars.
 */
export const formatUsd = (amount: number): string => {
  if (amount < 0) return `-${formatUsd(-amount)}`
  const exponent = amount === 0 || !Number.isFinite(amount) ? 0 : Math.floor(Math.log10(amount))
  const maximumFractionDigits = Math.min(Math.max(2, significantDigits - 1 - exponent), 20)
  const rounded = Number.isFinite(amount) ? Number(amount.toFixed(maximumFractionDigits)) : amount
  const minimumFractionDigits = Number.isInteger(rounded) ? 0 : 2
  return `$${rounded.toLocaleString("en-US", { minimumFractionDigits, maximumFractionDigits })}`
}

/** `$0.04`, `$0.04 to $0.06`, `from $0.04`, `free`, or `unknown` where nothing is known. */
export const formatUsdRange = ({ maxUsd, minUsd }: { readonly minUsd: number; readonly maxUsd: number }): string => {
  const [min, max] = [formatUsd(minUsd), formatUsd(maxUsd)]
  if (!Number.isFinite(maxUsd)) return minUsd === 0 ? "unknown" : `from ${min}`
  if (maxUsd === 0) return "free"
  return min === max ? min : `${min} to ${max}`
}
