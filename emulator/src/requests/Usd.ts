/** US dollars, to the billionth. */

/** An amount without the dust of binary fractions, which sums and differences leave. */
export const round = (usd: number): number => Math.round(usd * 1e9) / 1e9
