// What takes more than a template: each function writes a node anew, or returns undefined to leave it as it is.
import ts from "typescript"

/** A rule for calls alone. */
const call = (write) => (node, tools) => (ts.isCallExpression(node) ? write(node, tools) : undefined)

/** The function that is called, under another name. */
const named = ({ expression }, tools, member) =>
  ts.isPropertyAccessExpression(expression) ? `${tools.print(expression.expression)}.${member}` : member

/** `{ onLeft, onRight }` has other names. */
const eitherOptions = call((node, tools) => {
  const options = node.arguments.length - 1
  const rename = (text) => text.replace(/\bonLeft\b/, "onFailure").replace(/\bonRight\b/, "onSuccess")
  return `${tools.print(node.expression)}(${tools.args(node, (text, index) => (index === options ? rename(text) : text))})`
})

/** The start of a fold is made when it runs. */
const lazyStart = call((node, tools) => {
  const start = node.arguments.length - 2
  const args = tools.args(node, (text, index) => (index === start ? `() => (${text})` : text))
  return `${tools.print(node.expression)}(${args})`
})

/** A fiber of Effect 3 starts as its parent is: in an uninterruptible region it cannot be interrupted before its start. */
const inherits = '{ uninterruptible: "inherit" }'
const forked = (member) => (node, tools) => {
  if (ts.isCallExpression(node)) return `${named(node, tools, member)}(${tools.args(node)}, ${inherits})`
  const isCalled = ts.isCallExpression(node.parent) && node.parent.expression === node
  return isCalled ? undefined : `${named({ expression: node }, tools, member)}(${inherits})`
}

export const shapes = {
  "Context.Tag": (node, tools) =>
    node.typeArguments &&
    `${named(node.expression, tools, "Service")}<${tools.types(node)}>()(${tools.args(node.expression)})`,
  "Context.Tag.Service": (node, tools) => `${tools.types(node)}["Service"]`,
  "Deferred.unsafeMake": call((node, tools) => {
    const types = node.typeArguments === undefined ? "" : `<${tools.types(node)}>`
    return `${named(node, tools, "makeUnsafe")}${types}()`
  }),
  "Effect.catchTag": call((node, tools) => {
    const tags = node.arguments.flatMap((each, index) => (ts.isStringLiteral(each) ? [index] : []))
    if (tags.length < 2) return undefined
    const list = (text, index) => (index === tags[0] ? `[${text}` : index === tags.at(-1) ? `${text}]` : text)
    return `${tools.print(node.expression)}(${tools.args(node, list)})`
  }),
  "Effect.forkDaemon": forked("forkDetach"),
  "Effect.forkIn": forked("forkIn"),
  "Effect.forkScoped": forked("forkScoped"),
  "Effect.timeoutFail": call((node, tools) => {
    const options = node.arguments.at(-1)
    const make = tools.property(options, "onTimeout")
    const failing = `() => ${tools.namespace("effect/Effect")}.fail((${make})())`
    const write = (text) => text.replace(/\bonTimeout:/, "orElse:").replace(make, () => failing)
    const args = tools.args(node, (text, index) => (index === node.arguments.length - 1 ? write(text) : text))
    return `${named(node, tools, "timeoutOrElse")}(${args})`
  }),
  "Either.mapBoth": eitherOptions,
  "Either.match": eitherOptions,
  "Metric.Metric": (node, tools) => {
    if (node.typeArguments?.length !== 3) return undefined
    const [, input, output] = node.typeArguments.map((each) => tools.print(each))
    return `${tools.print(node.typeName)}<${input}, ${output}>`
  },
  "Metric.tagged": call((node, tools) => {
    const args = node.arguments.map((each) => tools.print(each))
    const [value, key] = [args.pop(), args.pop()]
    return `${named(node, tools, "withAttributes")}(${[...args, `{ [${key}]: ${value} }`].join(", ")})`
  }),
  "Schema.Literal": call((node, tools) => {
    const isList = node.arguments.length > 1 || ts.isSpreadElement(node.arguments[0])
    return isList ? `${named(node, tools, "Literals")}([${tools.args(node)}])` : undefined
  }),
  // A Codec says nothing about what a constructor takes, so what a declaration gives has a type that does.
  "Schema.Schema": (node, tools) => {
    if (!ts.isTypeReferenceNode(node) && !ts.isExpressionWithTypeArguments(node)) return undefined
    const { parent, typeArguments } = node
    const isMade = ts.isVariableDeclaration(parent) && !/^Schema\.transform\(/.test(parent.initializer.getText())
    const name = tools.namespace("effect/Schema")
    if (!isMade && !ts.isHeritageClause(parent) && !ts.isArrowFunction(parent))
      return `${name}.Codec<${tools.types(node)}>`
    const [type, encoded] = typeArguments.map((each) => tools.print(each))
    if (encoded === undefined) return `${name}.declare<${type}>`
    return `${name}.decodeTo<${name}.declare<${type}>, ${name}.Codec<unknown, ${encoded}>>`
  },
  "Schema.transform": call((node, tools) => {
    const [from, to, mapping] = node.arguments.map((each) => tools.print(each))
    const isNamed = node.arguments.slice(0, 2).every((each) => ts.isIdentifier(each))
    const types = isNamed ? `<typeof ${to}.Encoded, typeof ${from}.Type>` : ""
    const transform = `${tools.namespace("effect/SchemaTransformation")}.transform${types}`
    return `${from}.pipe(${named(node, tools, "decodeTo")}(${to}, ${transform}(${mapping})))`
  }),
  "Schema.validateEither": call((node, tools) => {
    const toType = (text, index) => (index === 0 ? `${named(node, tools, "toType")}(${text})` : text)
    return `${named(node, tools, "decodeUnknownResult")}(${tools.args(node, toType)})`
  }),
  "Stream.runFold": lazyStart,
  "Stream.scan": lazyStart
}
