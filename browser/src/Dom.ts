/** Makes a part of the page show what a view says, and touches only what differs: focus stays, and a picture gives way to the next without a flash. */
import type { Element, Html } from "./Html.js"

/** What a person can change has a property of its own; the attribute is only where it began. */
const properties = ["checked", "value", "selected"]

const setAttribute = (node: HTMLElement, name: string, value: Element["attributes"][string]): void => {
  if (properties.includes(name)) {
    if (Reflect.get(node, name) !== value) Reflect.set(node, name, value)
  } else if (value === undefined || value === false) node.removeAttribute(name)
  else {
    const text = value === true ? "" : String(value)
    if (node.getAttribute(name) !== text) node.setAttribute(name, text)
  }
}

const setAll = (node: HTMLElement, { attributes, style }: Element): void => {
  for (const name of node.getAttributeNames()) {
    if (!(name in attributes) && name !== "style") node.removeAttribute(name)
  }
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value)
  for (const [name, value] of Object.entries(style)) node.style.setProperty(name, value)
}

const create = (html: Html): Node => {
  if (typeof html === "string") return document.createTextNode(html)
  const node = document.createElement(html.tag)
  update(node, html)
  return node
}

/** Children before properties: a select has its value only once it has its options. */
const update = (node: HTMLElement, html: Element): void => {
  patch(node, html.children)
  setAll(node, html)
}

const isLike = (node: Node, html: Html): boolean =>
  typeof html === "string" ? node.nodeType === Node.TEXT_NODE : node.nodeName.toLowerCase() === html.tag

export const patch = (parent: Node, children: ReadonlyArray<Html>): void => {
  while (parent.childNodes.length > children.length) parent.lastChild?.remove()
  for (const [i, html] of children.entries()) {
    const node = parent.childNodes[i]
    if (node === undefined) parent.appendChild(create(html))
    else if (!isLike(node, html)) parent.replaceChild(create(html), node)
    else if (typeof html === "string") {
      if (node.nodeValue !== html) node.nodeValue = html
    } else if (node instanceof HTMLElement) update(node, html)
  }
}
