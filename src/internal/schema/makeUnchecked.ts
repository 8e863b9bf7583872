/** Values of a Schema's class that are made without a check. */

/** What was decoded or made by someone else is handed on as it is: a check that fails would lose a picture. */
export const makeUnchecked = <Fields, Self>(Class: new (fields: Fields, options: true) => Self, fields: Fields): Self =>
  new Class(fields, true)
