// opentype.js ships no types: only what Lettering.ts uses is declared.
// The ES module by its path: under the package name Node finds CommonJS, whose default export Vitest unwraps differently.
declare module "opentype.js/dist/opentype.mjs" {
  export type PathCommand =
    | { readonly type: "M" | "L"; readonly x: number; readonly y: number }
    | { readonly type: "Q"; readonly x1: number; readonly y1: number; readonly x: number; readonly y: number }
    | { readonly type: "Z" }
  export interface Path {
    /** TrueType outlines: no cubic curves. */
    readonly commands: ReadonlyArray<PathCommand>
  }
  export interface Glyph {
    readonly index: number
    readonly advanceWidth: number
    getPath(x: number, y: number, fontSize: number): Path
  }
  /** The kerning lookups of one script, handed back to `getKerningValue` unread. */
  export interface KerningTables {
    readonly length: number
  }
  export interface Position {
    getKerningTables(script: string): KerningTables | undefined
    getKerningValue(tables: KerningTables, leftIndex: number, rightIndex: number): number
  }
  export interface Font {
    readonly unitsPerEm: number
    readonly position: Position
    charToGlyph(character: string): Glyph
  }
  export const parse: (buffer: ArrayBuffer, options: { readonly lowMemory: boolean }) => Font
}
