import SerializerSelector, { type RouteDefinition } from '@fastify/fast-json-stringify-compiler'

/**
 * Fastify's own serializers, but each made when a route first answers: all of them together took most of a second of every
 * start, in which nobody is served.
 * @returns what `schemaController.compilersFactory.buildSerializer` takes
 */
export function lazySerializers(): ReturnType<typeof SerializerSelector> {
  const select = SerializerSelector()
  return (externalSchemas, options) => {
    const compile = select(externalSchemas, options)
    return (route: RouteDefinition) => {
      let serialize: ReturnType<typeof compile> | null = null
      return (doc) => {
        serialize ??= compile(route)
        return serialize(doc)
      }
    }
  }
}
