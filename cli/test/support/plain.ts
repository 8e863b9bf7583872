/** Texts as a reader without colours gets them. */
import type { Failure } from "../../src/failure/Failure.js"
import * as Format from "../../src/failure/Format.js"
import type * as Text from "../../src/output/Text.js"
import { block as coloured } from "../../src/output/Text.js"
import { strip } from "../../src/terminal/Color.js"

export const format = (failure: Failure, width?: number): string => strip(Format.format(failure, width))

export const block = (rows: Text.Rows, width?: number): string => strip(coloured(rows, { width }))
