// bidi-js's own types describe an ES module and Node finds CommonJS under the package name: the ES module is imported
// by its path, and what Shaping.ts uses of it is declared.
declare module "bidi-js/dist/bidi.mjs" {
  export interface Embedding {
    /** The level of each UTF-16 unit: odd ones run right to left. */
    readonly levels: Uint8Array
    readonly paragraphs: ReadonlyArray<{ readonly level: number }>
  }
  export interface Bidi {
    getEmbeddingLevels(text: string, direction?: "ltr" | "rtl"): Embedding
  }
  export default function bidiFactory(): Bidi
}
