// The page: one runtime for all components. `api` in its address is the server, which has the key.
import { FetchHttpClient } from "@effect/platform"
import { Layer, ManagedRuntime, Redacted } from "effect"
import { Client, Images } from "effect-openrouter-images"
import { StrictMode, useState } from "react"
import { createRoot } from "react-dom/client"
import { Draw } from "./Draw.js"

const baseUrl = new URLSearchParams(location.search).get("api") ?? "http://127.0.0.1:4000/api/v1"

const runtime = ManagedRuntime.make(
  Images.layer.pipe(
    // The session's token in an app: its server puts the key in the place of it.
    Layer.provide(Client.layer({ apiKey: Redacted.make("the-session"), baseUrl })),
    Layer.provide(FetchHttpClient.layer)
  )
)

const App = () => {
  const [isShown, setIsShown] = useState(true)
  return (
    <main>
      <h1>Draw</h1>
      {isShown ? <Draw runtime={runtime} /> : null}
      <button type="button" onClick={() => setIsShown(!isShown)}>
        {isShown ? "Hide" : "Show"}
      </button>
    </main>
  )
}

const root = document.getElementById("root")
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>
  )
}
