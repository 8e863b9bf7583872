import { FetchHttpClient } from "@effect/platform"
import { matrix } from "./matrix.js"
import { table } from "./table.js"

matrix("answers of every status with every body, over fetch", table.answers, FetchHttpClient.layer)
