/** A value of JSON as its kinds alone: what two answers have in common whose values differ. */
export const shapeOf = (value: unknown): unknown => {
  if (value === null) return "null"
  if (Array.isArray(value)) return value.map(shapeOf)
  return typeof value === "object"
    ? Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)] as const)
    : typeof value
}
