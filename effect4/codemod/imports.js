// The imports of a file: what its names stand for, and how the same imports are written for Effect 4.
import ts from "typescript"
import { isBarrel, moduleOf, nameOf } from "./modules.js"
import { replacements } from "./table.js"

const isOfEffect = (statement) =>
  ts.isImportDeclaration(statement) && moduleOf(statement.moduleSpecifier.text) !== undefined

/** What the names that a file imports from Effect's packages stand for: a module, or one member of it. */
export const importedNames = (source) => {
  const imported = new Map()
  for (const { importClause, moduleSpecifier } of source.statements.filter(isOfEffect)) {
    const module = moduleSpecifier.text
    const bindings = importClause?.namedBindings
    if (bindings === undefined) continue
    if (ts.isNamespaceImport(bindings)) imported.set(bindings.name.text, { module })
    else
      for (const { name, propertyName } of bindings.elements) {
        const member = (propertyName ?? name).text
        imported.set(name.text, isBarrel(module) ? { module: `${module}/${member}` } : { module, member })
      }
  }
  return imported
}

/** The name under which the new text has a module: `Either` becomes `Result`, a name that the author chose stays. */
export const localNameOf = (local, module) => (local === nameOf(module) ? nameOf(moduleOf(module)) : local)

/** The new name of a member that is imported by itself. */
export const memberName = (module, member) => {
  const replacement = replacements[`${nameOf(module)}.${member}`]
  return replacement === undefined || replacement.includes("@") ? member : replacement
}

const isType = (statement, element) =>
  statement.importClause.phaseModifier === ts.SyntaxKind.TypeKeyword || element?.isTypeOnly === true

/** The imports of some modules by name, a statement for each place that they are in now. */
const fromBarrels = (module, elements, statement) => {
  const places = new Map()
  for (const element of elements) {
    const from = `${module}/${(element.propertyName ?? element.name).text}`
    const local = localNameOf(element.name.text, from)
    const type = isType(statement, element) ? "type " : ""
    const target = moduleOf(from)
    const place = target.includes("/") ? target.slice(0, target.lastIndexOf("/")) : undefined
    const name = nameOf(target)
    if (place === undefined) places.set(target, [`import ${type}* as ${local} from "${target}"`])
    else places.set(place, [...(places.get(place) ?? []), `${type}${local === name ? name : `${name} as ${local}`}`])
  }
  return [...places].map(([place, names]) =>
    names[0].startsWith("import ") ? names[0] : `import { ${names.join(", ")} } from "${place}"`
  )
}

/** The imports of some members of one module. */
const members = (module, elements, statement) =>
  elements.length === 0
    ? []
    : [
        `import { ${elements
          .map((element) => {
            const name = memberName(module, (element.propertyName ?? element.name).text)
            const type = isType(statement, element) ? "type " : ""
            return `${type}${name === element.name.text ? name : `${name} as ${element.name.text}`}`
          })
          .join(", ")} } from "${moduleOf(module)}"`
      ]

/**
 * A statement of imports for Effect 4, on as many lines as the old one. It leaves out names that are not used any more,
 * and statements that are already `printed`.
 */
export const printImport = (source, statement, used, printed) => {
  const text = statement.getText(source)
  if (!isOfEffect(statement)) return text
  const module = statement.moduleSpecifier.text
  const bindings = statement.importClause?.namedBindings
  if (bindings === undefined) return text.replace(module, moduleOf(module))
  const elements = (ts.isNamespaceImport(bindings) ? [bindings] : bindings.elements).filter(({ name }) =>
    used.has(name.text)
  )
  const type = isType(statement) ? "type " : ""
  const written = ts.isNamespaceImport(bindings)
    ? elements.map(({ name }) => `import ${type}* as ${localNameOf(name.text, module)} from "${moduleOf(module)}"`)
    : isBarrel(module)
      ? fromBarrels(module, elements, statement)
      : members(module, elements, statement)
  const fresh = written.filter((each) => !printed.has(each))
  fresh.forEach((each) => void printed.add(each))
  return fresh.join("; ") + "\n".repeat(text.split("\n").length - 1)
}
