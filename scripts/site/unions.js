// The compiler spells the unions of errors out wherever they stand. Here they get their names back: seventeen classes are `GenerateError`,
// and only the page of `GenerateError` lists them. What belongs to a union the built package knows.
import * as Errors from "effect-openrouter-images/Errors"
import { makeRecursiveVisitor, ReferenceType, ReflectionKind, UnionType } from "typedoc"

const keyOf = (names) => [...names].sort().join()
const aliasOf = (module, name) =>
  module.children.find((one) => one.name === name && one.kind === ReflectionKind.TypeAlias)

/** The named unions, each with the names of its members. */
const unions = Object.entries(Errors).flatMap(([name, { members }]) =>
  members === undefined ? [] : [{ name, members: members.map(({ identifier }) => identifier) }]
)

/** The name of a union where it is used: every error is `GenerateStreamError` where a stream fails with it, else `OpenRouterError`. */
const nameOf = (type, user) => {
  if (type.type !== "union") return undefined
  const key = keyOf(type.types.map(({ name, type }) => name ?? type))
  const names = unions.filter(({ members }) => keyOf(members) === key).map(({ name }) => name)
  return /generateStream/i.test(user.getFullName()) ? names[0] : names.at(-1)
}

/** Names the unions in all types of a project; `module` is the one that has their names. */
export const nameUnions = (project, module) => {
  const referTo = (name) => ReferenceType.createResolvedReference(name, aliasOf(module, name), project)
  for (const reflection of Object.values(project.reflections)) {
    if (!reflection.type) continue
    const named = (type) => {
      const name = nameOf(type, reflection)
      return name === undefined ? type : referTo(name)
    }
    reflection.type = named(reflection.type)
    reflection.type.visit(
      makeRecursiveVisitor({
        reference: (type) => {
          type.typeArguments = type.typeArguments?.map(named)
        }
      })
    )
  }
  for (const { members, name } of unions) {
    const classes = members.map((member) =>
      ReferenceType.createResolvedReference(member, module.getChildByName(member), project)
    )
    aliasOf(module, name).type = new UnionType(classes)
  }
}
