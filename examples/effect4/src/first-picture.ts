// The shortest whole program: a picture, saved, or what went wrong. It calls OpenRouter with the key in OPENROUTER_API_KEY.
// With `npm run emulator -- --port 8787` in another terminal it runs without one: set OPENROUTER_API_KEY to any text, and
// OPENROUTER_BASE_URL to http://127.0.0.1:8787/api/v1.
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect } from "effect"
import { Errors, GeneratedImage, Images } from "effect-openrouter-images"

const program = Effect.gen(function* () {
  const { data, usage } = yield* Images.generate({
    model: "bytedance-seed/seedream-4.5",
    prompt: "a red panda astronaut floating in space, studio lighting"
  })
  for (const [i, image] of data.entries()) {
    yield* Console.log(yield* GeneratedImage.save(image, `panda-${i}`), image.dimensions, `$${usage?.cost}`)
  }
})

const report = (error: Errors.Tagged) =>
  Effect.andThen(
    Console.error(Errors.format(error)),
    Effect.sync(() => {
      process.exitCode = 1
    })
  )

program.pipe(Effect.provide([Images.layerFromEnv, NodeServices.layer]), Effect.catch(report), NodeRuntime.runMain)
