import { FileSystem } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Layer, Option, TestClock } from "effect"
import { Budget, Catalog, Images } from "effect-openrouter-images"
import { request, statusOf } from "../../support/budgeted.js"
import { clockOf } from "../../support/clock.js"
import { billed, emulated, requestsTo } from "../../support/emulated.js"
import { interruptedExit } from "../../support/fibers.js"
import { fileFailure } from "../../support/fileFailure.js"

const folder = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped({ prefix: "ledger-" }))

/** What happens around the operations of a file system. */
interface Hooks {
  readonly rename?: (
    from: string,
    to: string,
    real: FileSystem.FileSystem["rename"]
  ) => ReturnType<FileSystem.FileSystem["rename"]>
  readonly remove?: (path: string, real: Effect.Effect<void, never>) => Effect.Effect<void, PlatformError>
}

/** A store as another process has it: it comes by the file on another way, so that nothing within this process keeps it from the others. */
const storeAt = (path: string, detour = "", hooks: Hooks = {}) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const hooked: FileSystem.FileSystem = {
      ...fs,
      realPath: (asked) => Effect.succeed(asked.replace(/\/(?=[^/]*$)/, `/${detour}`)),
      rename: (from, to) => (hooks.rename === undefined ? fs.rename(from, to) : hooks.rename(from, to, fs.rename)),
      remove: (at, options) =>
        hooks.remove === undefined ? fs.remove(at, options) : hooks.remove(at, Effect.ignore(fs.remove(at, options)))
    }
    const layer = Budget.layerStoreFile({ path }).pipe(Layer.provide(Layer.succeed(FileSystem.FileSystem, hooked)))
    return yield* Effect.provide(Budget.BudgetStore, layer)
  })

/** So many dollars more. */
const add =
  (usd: number) =>
  ({ reserved, spent }: Budget.Ledger): readonly [undefined, Budget.Ledger] => [
    undefined,
    { reserved, spent: [...spent, { usd, at: 0 }] }
  ]

const sumOf = (path: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { spent }: Budget.Ledger = JSON.parse(yield* fs.readFileString(path))
    return spent.reduce((sum, { usd }) => sum + usd, 0)
  })

/** What takes its time on the disk, which no clock of a test knows of. */
const io = Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))

/** A fiber, and how many of its sleeps are not over. */
interface Watched<A, E> {
  readonly fiber: Fiber.Fiber<A, E>
  readonly sleepers: () => number
}

/** Starts an effect, and watches its sleeps. */
const start = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<Watched<A, E>> =>
  Effect.gen(function* () {
    const clock = yield* Effect.clock
    let sleepers = 0
    const watched = clockOf(
      () => clock.unsafeCurrentTimeMillis(),
      (duration) =>
        Effect.acquireUseRelease(
          Effect.sync(() => sleepers++),
          () => clock.sleep(duration),
          () => Effect.sync(() => sleepers--)
        )
    )
    return { fiber: yield* Effect.fork(effect.pipe(Effect.withClock(watched))), sleepers: () => sleepers }
  })

/** Lets time go on while a fiber sleeps, until it has ended. Says how long that was, in milliseconds. */
const passing = <A, E>({ fiber, sleepers }: Watched<A, E>) =>
  Effect.gen(function* () {
    const step = 100
    for (let millis = 0; ; ) {
      yield* io
      if (Option.isSome(yield* Fiber.poll(fiber))) return { millis, exit: yield* Fiber.await(fiber) }
      if (sleepers() === 0) continue
      yield* TestClock.adjust(step)
      millis += step
    }
  })

const isCommit = (from: string): boolean => /\.lock\/[^/]+$/.test(from)

describe("a ledger in a file", () => {
  const budgeted = (path: string) =>
    Budget.layerWithStore({ limitUsd: 0.1, window: "1 day" }).pipe(
      Layer.provide(Budget.layerStoreFile({ path })),
      Layer.provide(Catalog.layer()),
      Layer.provide(NodeContext.layer)
    )

  it.scopedLive("holds its limit however often its layer is built, and keeps it over restarts", () =>
    Effect.gen(function* () {
      const path = `${yield* folder}/of/its/own/ledger.json`
      const images = Layer.succeed(Images.Images, yield* Images.Images)
      const within = <A, E>(effect: Effect.Effect<A, E, Images.Images | Budget.Budget>) =>
        Effect.suspend(() => Effect.provide(effect, budgeted(path).pipe(Layer.provide(images))))
      const all = Array.from({ length: 20 }, () => Effect.exit(within(Images.generate(request))))
      const exits = yield* Effect.all(all, { concurrency: "unbounded" })
      expect(exits.filter(Exit.isSuccess)).toHaveLength(2)
      expect(yield* billed).toBeCloseTo(0.08, 9)
      expect(yield* within(statusOf)).toEqual({ spentUsd: 0.08, reservedUsd: 0, remainingUsd: 0.02 })
    }).pipe(Effect.provide([emulated(), NodeContext.layer]))
  )

  it.scopedLive.each(["", "{", '{"spent":[{"usd":-7,"at":0}],"reserved":[]}'])(
    "that cannot be read stops the spending, and stays as it is: %s",
    (text) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const path = `${yield* folder}/ledger.json`
        yield* fs.writeFileString(path, text)
        const images = Layer.succeed(Images.Images, yield* Images.Images)
        const error = yield* Effect.flip(Images.generate(request)).pipe(
          Effect.provide(budgeted(path).pipe(Layer.provide(images)))
        )
        expect(error).toMatchObject({ _tag: "BudgetExceededError", reason: "ledger" })
        expect(error.message).toContain(`the ledger "${path}": it cannot be read: `)
        expect(yield* requestsTo("/images")).toBe(0)
        expect(yield* fs.readFileString(path)).toBe(text)
        expect(yield* fs.readDirectory(`${path}.lock`)).toEqual([])
      }).pipe(Effect.provide([emulated(), NodeContext.layer]))
  )

  it.scopedLive("is written only where something changes, and follows a link", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const at = yield* folder
      yield* (yield* storeAt(`${at}/ledger.json`)).modify(add(1))
      yield* fs.symlink(`${at}/ledger.json`, `${at}/link.json`)
      const linked = yield* Effect.provide(Budget.BudgetStore, Budget.layerStoreFile({ path: `${at}/link.json` }))
      const before = yield* fs.stat(`${at}/ledger.json`)
      expect(yield* linked.modify((ledger) => [ledger.spent.length, ledger])).toBe(1)
      expect((yield* fs.stat(`${at}/ledger.json`)).ino).toEqual(before.ino)
      yield* linked.modify(add(1))
      expect(yield* sumOf(`${at}/ledger.json`)).toBe(2)
      expect((yield* fs.readDirectory(at)).sort()).toEqual(["ledger.json", "ledger.json.lock", "link.json"])
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("the lock of a ledger in a file", () => {
  it.scoped("that a dead process left is taken over after 5 seconds, and what else it left is cleared away", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const at = yield* folder
      const path = `${at}/ledger.json`
      yield* fs.makeDirectory(`${path}.lock`)
      yield* fs.writeFileString(`${path}.lock/dead`, '{"spent":[')
      yield* fs.makeDirectory(`${path}.lock.deadtoo`)
      const store = yield* storeAt(path)
      const { exit, millis } = yield* passing(yield* start(store.modify(add(1))))
      expect(Exit.isSuccess(exit)).toBe(true)
      expect(millis).toBeGreaterThanOrEqual(5000)
      expect(millis).toBeLessThanOrEqual(5300)
      expect(yield* sumOf(path)).toBe(1)
      expect((yield* fs.readDirectory(at)).sort()).toEqual(["ledger.json", "ledger.json.lock"])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("is lost to a holder that slept, which notices before it commits and makes its change anew", () =>
    Effect.gen(function* () {
      const path = `${yield* folder}/ledger.json`
      const asleep = yield* Deferred.make<void>()
      const wake = yield* Deferred.make<void>()
      let commits = 0
      const sleepy = yield* storeAt(path, "./", {
        rename: (from, to, real) =>
          Effect.suspend(() =>
            isCommit(from) && commits++ === 0
              ? Effect.zipRight(Deferred.succeed(asleep, undefined), Deferred.await(wake)).pipe(
                  Effect.zipRight(real(from, to))
                )
              : real(from, to)
          )
      })
      const other = yield* storeAt(path)
      const slow = yield* start(sleepy.modify(add(1)))
      yield* Deferred.await(asleep)
      const { exit, millis } = yield* passing(yield* start(other.modify(add(10))))
      expect(Exit.isSuccess(exit)).toBe(true)
      expect(millis).toBeGreaterThanOrEqual(5000)
      expect(yield* sumOf(path)).toBe(10)
      yield* Deferred.succeed(wake, undefined)
      expect(Exit.isSuccess((yield* passing(slow)).exit)).toBe(true)
      expect(yield* sumOf(path)).toBe(11)
      expect(commits).toBe(2)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped(
    "goes to one of two that take it over at the same time, and the late one does not take it from the early one",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const path = `${yield* folder}/ledger.json`
        yield* fs.makeDirectory(`${path}.lock`)
        yield* fs.writeFileString(`${path}.lock/dead`, "")
        const about = yield* Deferred.make<void>()
        const go = yield* Deferred.make<void>()
        const holding = yield* Deferred.make<void>()
        const commit = yield* Deferred.make<void>()
        let earlyChanges = 0
        // The late one has decided to take the lock of the dead, and stops just before it does.
        const late = yield* storeAt(path, "./", {
          remove: (at, real) =>
            at.endsWith("/dead")
              ? Effect.zipRight(Deferred.succeed(about, undefined), Deferred.await(go)).pipe(Effect.zipRight(real))
              : real
        })
        const early = yield* storeAt(path, "", {
          rename: (from, to, real) =>
            isCommit(from)
              ? Effect.zipRight(Deferred.succeed(holding, undefined), Deferred.await(commit)).pipe(
                  Effect.zipRight(real(from, to))
                )
              : real(from, to)
        })
        const first = yield* start(late.modify(add(1)))
        yield* passing({ ...first, fiber: yield* Effect.fork(Deferred.await(about)) })
        const second = yield* start(
          early.modify((ledger) => {
            earlyChanges++
            return add(10)(ledger)
          })
        )
        yield* passing({ ...second, fiber: yield* Effect.fork(Deferred.await(holding)) })
        yield* Deferred.succeed(go, undefined)
        for (let i = 0; i < 200; i++) yield* io
        yield* Deferred.succeed(commit, undefined)
        yield* passing(second)
        yield* passing(first)
        expect(yield* sumOf(path)).toBe(11)
        expect(earlyChanges).toBe(1)
      }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("is given back by a change that throws, and by one whose caller is interrupted", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* folder}/ledger.json`
      const reached = yield* Deferred.make<void>()
      const store = yield* storeAt(path, "", {
        rename: (from, to, real) =>
          isCommit(from) ? Effect.zipRight(Deferred.succeed(reached, undefined), real(from, to)) : real(from, to)
      })
      const thrown = yield* Effect.exit(
        store.modify(() => {
          throw new Error("cannot add")
        })
      )
      expect(Exit.isFailure(thrown)).toBe(true)
      expect(yield* fs.readDirectory(`${path}.lock`)).toEqual([])
      const running = yield* Effect.fork(store.modify(add(1)))
      yield* Deferred.await(reached)
      yield* Fiber.interrupt(running)
      expect(yield* fs.readDirectory(`${path}.lock`)).toEqual([])
      expect(yield* sumOf(path)).toBe(1)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("is waited for no longer than 30 seconds, and the error says whose it is", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* folder}/ledger.json`
      yield* fs.makeDirectory(`${path}.lock`)
      yield* fs.writeFileString(`${path}.lock/theirs`, "")
      const refused = fileFailure("PermissionDenied", "EACCES")
      const store = yield* storeAt(path, "", { remove: () => Effect.fail(refused) })
      const { exit, millis } = yield* passing(yield* start(Effect.flip(store.modify(add(1)))))
      expect(millis).toBeLessThanOrEqual(31_000)
      expect(Exit.isSuccess(exit) && exit.value).toMatchObject({
        _tag: "BudgetStoreError",
        message: expect.stringMatching(
          /^the ledger ".*": the lock .*\.lock has been held by theirs for \d\.\d s at least; waited 30\.\d s/
        )
      })
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("is not kept by a caller that is interrupted while it waits", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* folder}/ledger.json`
      yield* fs.makeDirectory(`${path}.lock`)
      yield* fs.writeFileString(`${path}.lock/theirs`, "")
      const store = yield* storeAt(path)
      const waiting = yield* Effect.fork(store.modify(add(1)))
      for (let i = 0; i < 50; i++) yield* io
      expect(Exit.isInterrupted(yield* interruptedExit(waiting))).toBe(true)
      yield* fs.remove(`${path}.lock/theirs`)
      yield* passing(yield* start(store.modify(add(2))))
      expect(yield* sumOf(path)).toBe(2)
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
