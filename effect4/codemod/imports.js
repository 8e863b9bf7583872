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

const named = (name, local) => (local === name ? name : `${name} as ${local}`)

/** Where an imported name is found now, and how it is asked for there. */
const placeOf = (module, element) => {
  const local = element.name.text
  if (ts.isNamespaceImport(element)) return [moduleOf(module), `* as ${localNameOf(local, module)}`]
  const member = (element.propertyName ?? element.name).text
  if (!isBarrel(module)) return [moduleOf(module), named(memberName(module, member), local)]
  const from = `${module}/${member}`
  const target = moduleOf(from)
  const end = target.lastIndexOf("/")
  return end < 0
    ? [target, `* as ${localNameOf(local, from)}`]
    : [target.slice(0, end), named(nameOf(target), localNameOf(local, from))]
}

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
  const elements = ts.isNamespaceImport(bindings) ? [bindings] : bindings.elements
  const places = new Map()
  for (const element of elements.filter(({ name }) => used.has(name.text))) {
    const [place, asked] = placeOf(module, element)
    const type = isType(statement, element) ? "type " : ""
    places.set(place, [...(places.get(place) ?? []), type + asked])
  }
  const fresh = [...places]
    .map(([place, asked]) => [place, /\* as /.test(asked[0]) ? asked[0] : `{ ${asked.join(", ")} }`])
    .map(([place, asked]) => `import ${asked} from "${place}"`)
    .filter((each) => !printed.has(each))
  fresh.forEach((each) => void printed.add(each))
  return fresh.join("; ") + "\n".repeat(text.split("\n").length - 1)
}
