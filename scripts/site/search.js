// The site's search as a page runs it: the same index, the same question.
import { readFileSync } from "node:fs"
import { inflateSync } from "node:zlib"
import lunr from "lunr"

/** What the search can find (`rows`), and the first of it for a question. */
export const load = (file) => {
  const [, data] = /"([^"]+)"/.exec(readFileSync(file, "utf8"))
  const { index, rows } = JSON.parse(inflateSync(Buffer.from(data, "base64")).toString())
  const loaded = lunr.Index.load(index)
  const nearness = (name, question) =>
    name.toLowerCase().startsWith(question.toLowerCase()) ? 10 / (1 + Math.abs(name.length - question.length)) : 1
  const find = (question) =>
    loaded
      .search(
        question
          .split(" ")
          .map((word) => `*${word}*`)
          .join(" ")
      )
      .map(({ ref, score }) => ({ row: rows[Number(ref)], score }))
      .map(({ row, score }) => ({ row, score: score * nearness(row.name, question) }))
      .sort((one, other) => other.score - one.score)
      .map(({ row }) => row)
  return { rows, find }
}
