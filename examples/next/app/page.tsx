"use client"

import { useState } from "react"

export default function Page() {
  const [url, setUrl] = useState<string>()
  const [words, setWords] = useState("")
  const draw = async (form: FormData) => {
    const answer = await fetch("/pictures", { method: "POST", body: form })
    if (!answer.ok) return setWords(JSON.stringify(await answer.json()))
    setWords(`$${answer.headers.get("x-cost-usd")}`)
    setUrl(URL.createObjectURL(await answer.blob()))
  }
  return (
    <form action={draw}>
      <input name="prompt" aria-label="Prompt" defaultValue="a paper boat" />
      <button type="submit">Draw</button>
      <p>{words}</p>
      {url === undefined ? null : <img src={url} alt="" width={512} />}
    </form>
  )
}
