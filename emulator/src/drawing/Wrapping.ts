/** Text in lines of a width: lengths are in ems. */
import { clusters, widthOf } from "./Shaping.js"

/** What a line is made of: it is broken within only where it is wider than a line. */
interface Piece {
  readonly text: string
  readonly width: number
  /** Whether a space parts it from the piece before. */
  readonly spaced: boolean
}

/** Characters that stand without spaces: a line may end beside any of them. */
const unspaced = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}]/u
/** No line begins with these, and none ends with those. */
const closing = /^[、。，．！？：；」』】）》〉〕］｝”’ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ…]/u
const opening = /[（［｛「『【《〈〔“‘]$/u

/** The parts of a word between which a line may end. */
const partsOf = (word: string): ReadonlyArray<string> => {
  const parts: Array<string> = []
  let before = ""
  for (const cluster of clusters(word)) {
    const mayBreak = (unspaced.test(before) || unspaced.test(cluster) || closing.test(before)) && !opening.test(before)
    if (before === "" || (mayBreak && !closing.test(cluster))) parts.push(cluster)
    else parts.push(`${parts.pop()}${cluster}`)
    before = cluster
  }
  return parts
}

const piecesOf = (text: string): ReadonlyArray<Piece> =>
  text
    .split(" ")
    .flatMap((word) => partsOf(word).map((part, i) => ({ text: part, width: widthOf(part), spaced: i === 0 })))

const join = (pieces: ReadonlyArray<Piece>): string =>
  pieces.map(({ spaced, text }, i) => (spaced && i > 0 ? ` ${text}` : text)).join("")

/** How many of the pieces fit side by side; at least one, so that there is an end. */
const countFitting = (pieces: ReadonlyArray<Piece>, gap: number, width: number): number => {
  let [end, count] = [0, 0]
  for (const piece of pieces) {
    end += piece.width + (piece.spaced && count > 0 ? gap : 0)
    if (end > width) break
    count++
  }
  return Math.max(1, count)
}

/** Scripts whose words are divided with a hyphen. */
const hyphenated = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Armenian}]\p{Mark}*$/u

/** Sets texts of one caption: what was measured is remembered. */
export interface Wrapper {
  /** Lines of at most that width. */
  readonly wrap: (width: number) => ReadonlyArray<string>
  /** The same number of lines, but of like length: no lone word on the last one. */
  readonly balance: (width: number) => ReadonlyArray<string>
}

export const make = (text: string): Wrapper => {
  const pieces = piecesOf(text)
  const [gap, hyphen] = [widthOf(" "), widthOf("-")]
  const known = new Map<string, number>()
  const measure = (cluster: string): number => {
    const width = known.get(cluster) ?? widthOf(cluster)
    known.set(cluster, width)
    return width
  }
  /** A piece, or parts of one wider than a line. */
  const divide = (piece: Piece, width: number): ReadonlyArray<Piece> => {
    if (piece.width <= width) return [piece]
    const parts: Array<Piece> = []
    const rest = clusters(piece.text).map((one) => ({ text: one, width: measure(one), spaced: false }))
    while (rest.length > 0) {
      const whole = countFitting(rest, 0, width) === rest.length
      const taken = rest.splice(0, whole ? rest.length : countFitting(rest, 0, width - hyphen))
      const part = join(taken)
      const divided = rest.length > 0 && hyphenated.test(part) && /^\p{Letter}/u.test(rest[0]?.text ?? "")
      const length = taken.reduce((sum, one) => sum + one.width, divided ? hyphen : 0)
      parts.push({ text: divided ? `${part}-` : part, width: length, spaced: parts.length === 0 && piece.spaced })
    }
    return parts
  }
  const wrap = (width: number): ReadonlyArray<string> => {
    const lines: Array<string> = []
    for (let rest = pieces.flatMap((piece) => divide(piece, width)); rest.length > 0; ) {
      const count = countFitting(rest, gap, width)
      lines.push(join(rest.slice(0, count)))
      rest = rest.slice(count)
    }
    return lines
  }
  const balance = (width: number): ReadonlyArray<string> => {
    let best = wrap(width)
    for (let narrower = 0.95; narrower > 0.5; narrower -= 0.05) {
      // A word that fits is not divided to make lines alike.
      if (pieces.some((piece) => piece.width <= width && piece.width > width * narrower)) break
      const lines = wrap(width * narrower)
      if (lines.length > best.length) break
      best = lines
    }
    return best
  }
  return { wrap, balance }
}

/** The longest start of the text that fits in `width` with an ellipsis behind it. */
export const shorten = (text: string, width: number): string => {
  let start = ""
  let end = widthOf("…")
  for (const cluster of clusters(text)) {
    end += widthOf(cluster)
    if (end > width) break
    start += cluster
  }
  return `${start.replace(/-$/, "").trimEnd()}…`
}
