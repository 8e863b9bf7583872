// Rewrites the text of one file from Effect 3 to Effect 4. Every line keeps its number, so that a source map needs only
// the name of the file that was written by hand.
import ts from "typescript"
import { exportsOf } from "./exports.js"
import { importedNames, localNameOf, memberName, printImport } from "./imports.js"
import { localName, moduleOf, nameOf } from "./modules.js"
import { shapes } from "./shapes.js"
import { methods, replacements } from "./table.js"

/** Whether an identifier is a name of its own, not a reference to what is imported under it. */
const isOwnName = ({ parent, ...node }) =>
  (ts.isPropertyAccessExpression(parent) && parent.name.pos === node.pos) ||
  (ts.isQualifiedName(parent) && parent.right.pos === node.pos) ||
  (ts.isPropertyAssignment(parent) && parent.name.pos === node.pos) ||
  ts.isPropertySignature(parent) ||
  ts.isBindingElement(parent) ||
  ts.isImportSpecifier(parent)

/** The name that decides which rule is for a node: what it calls, the type it refers to, or the node itself. */
const subjectOf = (node) => {
  if (ts.isCallExpression(node) && ts.isCallExpression(node.expression) && node.typeArguments !== undefined)
    return node.expression.expression
  if (ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isExpressionWithTypeArguments(node))
    return node.expression
  if (ts.isTypeReferenceNode(node)) return node.typeName
  if (ts.isPropertyAccessExpression(node) || ts.isQualifiedName(node)) return node
  return ts.isIdentifier(node) && !isOwnName(node) ? node : undefined
}

const childrenOf = (node) => {
  const children = []
  ts.forEachChild(node, (child) => void children.push(child))
  return children.sort((a, b) => a.pos - b.pos)
}

const linesIn = (text) => text.split("\n").length

/** What the file asks `Either.isLeft` or `isRight` about: its `left` and `right` have new names. */
const askedOf = (source, imported) => {
  const asked = new Set()
  const visit = (node) => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && node.arguments.length === 1) {
      const { expression, name } = node.expression
      if (moduleOf(imported.get(expression.getText(source))?.module ?? "") === "effect/Result" && /^is/.test(name.text))
        asked.add(node.arguments[0].getText(source))
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return asked
}

const sides = new Map([
  ["left", "failure"],
  ["right", "success"]
])

/** `file` is for messages. Throws where a rule meets what it does not know. */
export const rewrite = (file, text) => {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const imported = importedNames(source)
  const asked = askedOf(source, imported)
  const used = new Set()
  const added = new Set()

  const problems = []

  /** Stands for a node in the text until all problems are known. */
  const fail = (node, message) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source))
    problems.push(`${file}:${line + 1}: ${message}: ${node.getText(source).slice(0, 80)}`)
    return ""
  }

  /** The new text's name for a module of Effect 4, which is imported if it is not yet. */
  const namespace = (module) => {
    for (const [local, { member, module: from }] of imported)
      if (member === undefined && moduleOf(from) === module) {
        used.add(local)
        return localNameOf(local, from)
      }
    added.add(module)
    return localName(module)
  }

  /** The member of a module that `Module.member`, `Module.member.inner` or a name that is imported by itself stands for. */
  const memberOf = (node) => {
    const said = imported.get(node.text)
    if (ts.isIdentifier(node)) return said?.member && { ...said, local: node.text, isBare: true }
    const left = node.expression ?? node.left
    if (!(ts.isPropertyAccessExpression(node) || ts.isQualifiedName(node))) return undefined
    const name = (node.name ?? node.right).text
    const { member, module } = imported.get(left.text) ?? {}
    if (ts.isIdentifier(left)) return module && !member ? { module, member: name, local: left.text } : undefined
    const outer = memberOf(left)
    const inner = { ...outer, member: `${outer?.member}.${name}` }
    return outer && isKnown(inner) ? inner : undefined
  }

  const keyOf = ({ member, module }) => `${nameOf(module)}.${member}`
  const isKnown = (said) => keyOf(said) in replacements || keyOf(said) in shapes

  const print = (node) => {
    const subject = subjectOf(node)
    const said = subject && memberOf(subject)
    if (said !== undefined) {
      const replacement = replacements[keyOf(said)] ?? said.member
      const isTemplate = replacement.includes("@")
      const written =
        shapes[keyOf(said)]?.(node, tools) ??
        (isTemplate && isWhole(node, replacement) ? fill(replacement, node) : undefined)
      if (written !== undefined) return written + "\n".repeat(linesIn(node.getText(source)) - linesIn(written))
      if (subject === node) return printMember(node, said, isTemplate ? said.member : replacement)
    }
    if (ts.isIdentifier(node) && !isOwnName(node) && imported.has(node.text)) {
      used.add(node.text)
      return localNameOf(node.text, imported.get(node.text).module)
    }
    if (ts.isPropertyAccessExpression(node)) {
      const name = asked.has(node.expression.getText(source)) ? sides.get(node.name.text) : methods.get(node.name.text)
      if (name !== undefined) return within(node, node.getStart(source), node.name.getStart(source)) + name
    }
    return within(node, node.getStart(source), node.end)
  }

  const printMember = (node, { isBare, local, module }, member) => {
    used.add(local)
    if (exportsOf(moduleOf(module))?.has(member.split(".")[0]) === false) fail(node, "Effect 4 has no such name")
    return isBare ? (local === memberName(module, local) ? local : member) : `${localNameOf(local, module)}.${member}`
  }

  /** Whether a template stands for this node: one with arguments is for calls. */
  const isWhole = (node, template) => template.includes("$") === ts.isCallExpression(node)

  const property = (object, name) => {
    const found = ts.isObjectLiteralExpression(object) && object.properties.find((each) => each.name?.text === name)
    return found ? print(found.initializer) : fail(object, `has no property ${name}`)
  }

  const fill = (template, node) =>
    template.replace(/@([\w/]+)|\$(\*|\d)(?:\.(\w+))?/g, (_, module, which, name) => {
      if (module !== undefined) return namespace(`effect/${module}`)
      if (which === "0") return ""
      if (which === "*") return tools.args(node)
      const argument = node.arguments[Number(which) - 1]
      if (argument === undefined) return fail(node, `has no argument ${which}`)
      return name === undefined ? print(argument) : property(argument, name)
    })

  /** The text between two places of a node or of a list of nodes, with everything in it rewritten. */
  const within = (parent, from, to, write = (printed) => printed) => {
    let out = ""
    let at = from
    const children = Array.isArray(parent) ? parent : childrenOf(parent)
    children.forEach((child, index) => {
      const start = child.getStart(source)
      if (start < from || child.end > to) return
      out += text.slice(at, start) + write(print(child), index)
      at = child.end
    })
    return out + text.slice(at, to)
  }

  const tools = {
    namespace,
    print,
    /** The text of type arguments, without their brackets. */
    types: ({ typeArguments }) => within(typeArguments, typeArguments.pos, text.indexOf(">", typeArguments.end)),
    /** The text of the arguments of a call. `write` may change each of them. */
    args: (call, write) => within(call.arguments, call.arguments.pos, call.end - 1, write),
    property
  }

  const isImport = ts.isImportDeclaration
  const rest = source.statements.map((statement) => (isImport(statement) ? undefined : print(statement)))
  const needed = [...added].map((module) => `import * as ${localName(module)} from "${module}"; `).join("")
  const first = source.statements.findIndex(isImport)
  const printed = new Set()
  let out = ""
  let at = 0
  source.statements.forEach((statement, index) => {
    out += text.slice(at, statement.getStart(source)) + (index === first ? needed : "")
    out += rest[index] ?? printImport(source, statement, used, printed)
    at = statement.end
  })
  out += text.slice(at)
  if (linesIn(out) !== linesIn(text)) problems.push(`${file}: ${linesIn(text)} lines became ${linesIn(out)}`)
  if (problems.length > 0) throw new Error(problems.join("\n"))
  return out
}
