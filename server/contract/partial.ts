import Type from 'typebox'

/** The same schema with every property of every object optional, and no others allowed. Lists stay as they are. */
export function partial(schema: Type.TSchema): Type.TSchema {
  if (!Type.IsObject(schema)) return schema
  const properties = Object.entries(schema.properties).map(([name, inner]) => [name, Type.Optional(partial(inner))])
  return Type.Object(Object.fromEntries(properties), { additionalProperties: false })
}
