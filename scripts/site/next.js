// At the end of each document: where to read on.
import { JSX } from "typedoc"

/** The document after one, in the order of its category. */
const after = (document, project) => {
  const same = project.documents.filter(({ frontmatter }) => frontmatter.category === document.frontmatter.category)
  return same[same.indexOf(document) + 1]
}

export const linkNext = (app) => {
  app.renderer.hooks.on("content.end", ({ page: { model, project }, relativeURL }) => {
    const next = model.isDocument?.() ? after(model, project) : undefined
    if (next === undefined) return JSX.createElement(JSX.Fragment, null)
    const url = relativeURL(app.renderer.router.getFullUrl(next))
    return JSX.createElement(
      "nav",
      { class: "site-next", "aria-label": "Read on" },
      JSX.createElement("a", { href: url, rel: "next" }, "Next: ", next.name)
    )
  })
}
