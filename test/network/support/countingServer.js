// A server that says on its output what arrives: "listening PORT", then "arrived N" for each whole request. It answers the first one only.
import { createServer } from "node:http"

const picture = JSON.stringify({ created: 1748372400, data: [{ b64_json: "iVBORw0KGgo=", media_type: "image/png" }] })
let arrived = 0

const server = createServer((request, response) => {
  request.resume().on("end", () => {
    arrived++
    if (arrived === 1) response.setHeader("content-type", "application/json").end(picture)
    console.log(`arrived ${arrived}`)
  })
}).listen(0, () => console.log(`listening ${server.address().port}`))
