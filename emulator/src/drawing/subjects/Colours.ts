/** Names of colours, as a prompt gives them to a subject. */
const groups: ReadonlyArray<readonly [names: string, colour: string]> = [
  ["red scarlet crimson ruby", "#d8453a"],
  ["orange ginger tangerine", "#ec8a3a"],
  ["yellow golden gold amber blond blonde", "#f2bd48"],
  ["green emerald lime olive mint", "#5c9e5a"],
  ["teal turquoise cyan aqua", "#2a9d9a"],
  ["blue azure sapphire cobalt", "#3d7cc4"],
  ["navy indigo", "#2c4480"],
  ["purple violet lavender lilac", "#8660b8"],
  ["pink magenta rosy", "#ec86a4"],
  ["brown chocolate tan copper bronze rusty", "#8f5b3c"],
  ["black", "#34323e"],
  ["white ivory snowy", "#f6f2ea"],
  ["grey gray silver", "#9aa1ab"],
  ["beige cream", "#ead9b8"]
]

const colours = new Map(groups.flatMap(([names, colour]) => names.split(" ").map((name) => [name, colour] as const)))

/** The colour of a name in lower case, `#rrggbb`; none for what is no colour. */
export const colourOf = (name: string): string | undefined => colours.get(name)
