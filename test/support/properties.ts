/** Tests of what holds for many inputs. What fails is shrunk, and printed with its seed. */
import { it } from "@effect/vitest"
import { Effect, FastCheck, TestContext } from "effect"

type Inputs<T extends Array<unknown>> = { [K in keyof T]: FastCheck.Arbitrary<T[K]> }

interface Options extends FastCheck.Parameters<unknown> {
  readonly timeout?: number
}

const register = (name: string, { timeout, ...parameters }: Options, property: FastCheck.IRawProperty<unknown>) =>
  it(name, timeout === undefined ? {} : { timeout }, () => FastCheck.assert(property, parameters))

/** A claim that holds at once. */
export const prop = <T extends Array<unknown>>(
  name: string,
  inputs: [...Inputs<T>],
  claim: (inputs: T) => void,
  options: Options = {}
): void => register(name, options, FastCheck.property(FastCheck.tuple<T>(...inputs), claim))

export const withClockOfItsOwn = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.provide(effect, TestContext.TestContext)

/** A claim that is an effect, with a clock of its own for each input. */
export const effectProp = <T extends Array<unknown>>(
  name: string,
  inputs: [...Inputs<T>],
  claim: (inputs: T) => Effect.Effect<unknown, unknown>,
  options: Options = {}
): void =>
  register(
    name,
    options,
    FastCheck.asyncProperty(FastCheck.tuple<T>(...inputs), (all) =>
      Effect.runPromise(Effect.asVoid(withClockOfItsOwn(claim(all))))
    )
  )
