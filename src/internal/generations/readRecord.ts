/** The record in an answer. */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import type { Issue } from "../../Errors.js"
import { show } from "../../Issue.js"
import { Generation } from "../../Schema/Generation.js"
import { decoder } from "../schema/issues.js"

const decodeGeneration = decoder(Generation)

const isAbsent = (value: unknown): boolean => value === undefined || value === null

/** A record without an id, but with a cost, is about the generation that was asked for. */
export const readRecord =
  (id: string) =>
  ({ json }: { readonly json: unknown }): Either.Either<Generation, ReadonlyArray<Issue>> => {
    const data = Predicate.isRecord(json) ? json["data"] : undefined
    if (!Predicate.isRecord(data) || (isAbsent(data["id"]) && isAbsent(data["total_cost"]))) {
      return Either.left([{ path: ["data"], message: `must be the record of a generation, got ${show(data)}` }])
    }
    return decodeGeneration(isAbsent(data["id"]) ? { ...data, id } : data)
  }
