/** The page at `/`: it shows the picture as it comes. Closing it, or asking for another picture, ends the generation on the server. */
export const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A picture as it comes</title>
<style>
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem }
  form { display: flex; gap: .5rem }
  input { flex: 1; font: inherit; padding: .4rem }
  button { font: inherit; padding: .4rem 1rem }
  img { width: 100%; aspect-ratio: 1; object-fit: contain; background: #eee }
</style>
<h1>A picture as it comes</h1>
<form>
  <input name="prompt" aria-label="What the picture shows" value="a lighthouse above a calm sea at dusk" required>
  <button>Draw</button>
</form>
<p role="status">Nothing is drawn yet.</p>
<img alt="">
<script>
  const status = document.querySelector("[role=status]")
  const image = document.querySelector("img")
  let source
  document.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault()
    source?.close()
    source = new EventSource("/pictures/stream?" + new URLSearchParams(new FormData(event.target)))
    const on = (name, show) => source.addEventListener(name, ({ data }) => show(data))
    status.textContent = "At work ..."
    let previews = 0
    on("preview", (url) => {
      image.src = url
      status.textContent = "Preview " + ++previews
    })
    on("picture", (url) => {
      image.src = url
      status.textContent = "Finished"
      source.close()
    })
    on("failed", (json) => {
      const { message, billing } = JSON.parse(json)
      status.textContent = message + (billing === "notBilled" ? "" : " It may have cost something.")
      source.close()
    })
    // Without this the browser would come again, and each time is another picture.
    source.onerror = () => {
      status.textContent = "The connection broke."
      source.close()
    }
  })
</script>
</html>
`
