import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Ref from "effect/Ref"
import { Images, Retry } from "effect-openrouter-images"
import { batch } from "../../../src/commands/batch/Batch.js"
import { parse } from "../../../src/commands/batch/Requests.js"
import * as ExitCode from "../../../src/failure/ExitCode.js"
import { billed, lines, model, optionsOf, resultsIn, run, script, withFile } from "../../support/batches.js"
import { cancelledAfter, cancelledWhen, Environment, sent } from "../../support/emulated.js"

describe("a batch that is run again", () => {
  layer(Environment, { excludeTestServices: true })((it) => {
    it.scoped("does not send again what has succeeded, wherever it stands by then", () =>
      withFile(lines("a fox", "a dog"), (folder) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          yield* run(folder)
          const again = yield* run(folder)
          expect([again.code, again.stdout]).toEqual([0, []])
          expect(again.stderr).toContain("2 requests done before, not sent again\nnothing is left to send")
          yield* fs.writeFileString(folder.file, lines("a cat", "a dog", "a fox"))
          const more = yield* run(folder)
          expect(more.stdout).toEqual([`${folder.out}/0001-a-cat.png`])
          expect(more.stderr).toMatch(/^done {8}3 of 3 requests, 2 of them before$/m)
          expect(yield* billed).toEqual(["a fox", "a dog", "a cat"])
        })
      )
    )

    it.scoped("takes equal requests for as many pictures", () =>
      withFile(lines("a fox", "a fox"), (folder) =>
        Effect.gen(function* () {
          expect((yield* run(folder)).stdout).toHaveLength(2)
          expect((yield* run(folder)).stdout).toEqual([])
          expect(yield* billed).toEqual(["a fox", "a fox"])
        })
      )
    )

    it.scoped("sends again what failed at no cost, and only with --retry-unknown what may have been billed", () =>
      withFile(lines("a fox", "a dog", "a cat"), (folder) =>
        Effect.gen(function* () {
          yield* script({ _tag: "Status", status: 500 }, { _tag: "Reset", at: "head", afterCompletion: true })
          expect((yield* run(folder)).code).toBe(ExitCode.network)
          const again = yield* run(folder)
          expect(again.stdout).toEqual([`${folder.out}/0001-a-fox.png`])
          expect(again.stderr).toContain("1 request that may have been billed, not sent again: line 2")
          expect(again.code).toBe(ExitCode.network)
          expect(yield* billed).toEqual(["a dog", "a cat", "a fox"])
          const last = yield* run(folder, { retryUnknown: true })
          expect([last.code, last.stdout]).toEqual([0, [`${folder.out}/0002-a-dog.png`]])
        })
      )
    )

    it.scoped("pays nothing twice after it was cancelled, and has what was finished", () =>
      withFile(lines("a", "b", "c", "d", "e", "f"), (folder) =>
        Effect.gen(function* () {
          const stall = { _tag: "Stall", at: "head", afterCompletion: true } as const
          yield* script(null, null, stall, stall)
          const { stderr } = yield* cancelledAfter(4, batch(optionsOf(folder, { concurrency: 2 })))
          expect(stderr).toBe(
            `cancelled: 2 requests done and saved in ${folder.out}; 2 requests may have been billed: line 3, 4\n` +
              "the same command continues, and sends neither again, unless it learns that nothing was billed"
          )
          const results = yield* resultsIn(folder)
          expect(results.filter(({ result }) => result === "ok")).toHaveLength(2)
          expect(results.filter(({ result }) => result === "Interrupted")).toMatchObject([
            { billing: "unknown" },
            { billing: "unknown" }
          ])
          const again = yield* run(folder)
          expect([again.code, again.stdout]).toEqual([ExitCode.network, expect.objectContaining({ length: 2 })])
          expect(again.stderr).toMatch(/^done {8}4 of 6 requests, 2 of them before$/m)
          const all = yield* billed
          expect(new Set(all).size).toBe(all.length)
        })
      )
    )

    it.scoped("sends again what was cancelled after an attempt that cost nothing", () =>
      withFile(lines("a fox"), (folder) =>
        Effect.gen(function* () {
          const images = yield* Images.Images
          const hasFailed = yield* Ref.make(false)
          const retry = Retry.make({
            initialInterval: "10 minutes",
            maxInterval: "10 minutes",
            maxElapsedTime: "1 hour"
          })
          const generate: Images.Service["generate"] = (request, options) =>
            images.generate(request, {
              ...options,
              retry,
              onAttemptEnd: (exit) =>
                Effect.zipRight(options?.onAttemptEnd?.(exit) ?? Effect.void, Ref.set(hasFailed, true))
            })
          yield* script({ _tag: "Status", status: 429 })
          const { stderr } = yield* cancelledWhen(
            Effect.provideService(batch(optionsOf(folder, {})), Images.Images, { ...images, generate }),
            () => Ref.get(hasFailed)
          )
          expect(stderr).toBe(
            `cancelled: 0 requests done and saved in ${folder.out}; nothing else is billed\n` +
              "the same command continues with the rest"
          )
          const again = yield* run(folder)
          expect([again.code, again.stdout]).toEqual([0, [`${folder.out}/0001-a-fox.png`]])
        })
      )
    )

    it.scoped("takes what a killed run had sent for what may have been billed", () =>
      withFile(lines("a fox", "a dog"), (folder) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const [fox] = Either.getOrThrow(parse("", lines("a fox"), model))
          yield* fs.makeDirectory(folder.out)
          yield* fs.writeFileString(`${folder.out}/.sent-${fox?.key}`, "")
          const { code, stdout } = yield* run(folder)
          expect([code, stdout]).toEqual([ExitCode.network, [`${folder.out}/0002-a-dog.png`]])
          const all = yield* run(folder, { retryUnknown: true })
          expect([all.code, all.stdout]).toEqual([0, [`${folder.out}/0001-a-fox.png`]])
          expect((yield* run(folder)).code).toBe(0)
        })
      )
    )

    it.scoped("sends nothing when the file or the results cannot be read", () =>
      withFile(lines("a fox"), (folder) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          expect((yield* run({ ...folder, file: `${folder.out}/none` })).code).toBe(ExitCode.files)
          yield* fs.makeDirectory(folder.out)
          yield* fs.writeFileString(`${folder.out}/results.jsonl`, '\n{"index":')
          const failure = yield* Effect.flip(batch(optionsOf(folder, {})))
          expect(failure).toMatchObject({ problem: expect.stringContaining("line 2 is not a result") })
          expect(yield* sent).toBe(0)
        })
      )
    )
  })
})
