/** Foreign text for people, on one line and without characters that control a terminal. */

const longest = 200

/** The start of a foreign text, on one line and without characters that control a terminal. */
export const oneLine = (text: string): string => {
  const start = text.slice(0, 4 * longest).replace(/[\p{Cc}\p{Cf}\p{Z}\p{Surrogate}]+/gu, " ")
  const characters = Array.from(start.trim())
  return characters.length > longest || text.length > 4 * longest
    ? `${characters.slice(0, longest).join("")}...`
    : characters.join("")
}
