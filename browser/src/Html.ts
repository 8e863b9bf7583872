/** What is to be shown, as data: views are pure functions that give it, and `Dom` makes it so. */

export interface Element {
  readonly tag: keyof HTMLElementTagNameMap
  readonly attributes: Readonly<Record<string, string | number | boolean | undefined>>
  /** Custom properties and the like, set one by one, as a strict content security policy demands. */
  readonly style: Readonly<Record<string, string>>
  readonly children: ReadonlyArray<Html>
}

export type Html = Element | string

/** Attributes, with `style` apart. */
export interface Attributes {
  readonly style?: Readonly<Record<string, string>>
  readonly [name: string]: string | number | boolean | undefined | Readonly<Record<string, string>>
}

const isPlain = (value: Attributes[string]): value is string | number | boolean | undefined => typeof value !== "object"

export const h = (
  tag: keyof HTMLElementTagNameMap,
  { style = {}, ...rest }: Attributes = {},
  ...children: ReadonlyArray<Html>
): Element => ({
  tag,
  style,
  attributes: Object.fromEntries(
    Object.entries(rest).flatMap(([name, value]) => (isPlain(value) ? [[name, value]] : []))
  ),
  children
})
