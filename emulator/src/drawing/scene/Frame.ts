/** What every scene is drawn in, and with which colours. */

/** Colours that go together, each `#rrggbb`. */
export interface Palette {
  /** The sky from top to horizon. */
  readonly sky: readonly [string, string, string]
  /** The farthest hill and the nearest but one; the nearest is `ink`. */
  readonly hills: readonly [string, string]
  /** The sun, or by night the moon. */
  readonly sun: string
  readonly night: boolean
  /** Flat colours that stand side by side. */
  readonly flats: readonly [string, string, string, string]
  /** The darkest colour: the foreground, and the ground of the caption. */
  readonly ink: string
  /** The lightest colour: the letters of the caption. */
  readonly paper: string
}

/** What a scene is drawn in: it fills (0, 0) to (width, height), may run over the edges, and ends in `ink` below. */
export interface Frame {
  /** In pixels. */
  readonly width: number
  readonly height: number
  readonly palette: Palette
  /** The next number of the picture's own sequence, from 0 up to 1. */
  readonly random: () => number
  /** What the picture is of: a scene looks for what it can show. */
  readonly prompt: string
  /** Whether to paint the sky or ground behind the shapes. */
  readonly backdrop: boolean
}
