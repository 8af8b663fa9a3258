import { SchemaError } from './intake/schema-check.ts'
import { EmbeddedPostgresError } from './store/embedded-postgres.ts'

const PORT_SETTINGS = 'HTTP_PORT, MQTT_PORT, MQTTS_PORT, WATCH_PORT or PENDANT_PORT'

/** One line for a start that failed: what is wrong and what to do. */
export function explainStartError(error: unknown): string {
  if (!(error instanceof Error)) return `Anhu could not start: ${String(error)}`
  if (error instanceof EmbeddedPostgresError || error instanceof SchemaError) return error.message
  const code = 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE' && 'port' in error) {
    return `Port ${error.port} is taken by another program. Stop it, or set another port (${PORT_SETTINGS}; 0 picks a free one).`
  }
  if (code === 'EACCES' && 'port' in error) {
    return `Port ${error.port} may not be opened by this user. Set a port above 1023 (${PORT_SETTINGS}).`
  }
  if (code === 'ENOENT' && 'path' in error) return `File not found: ${error.path}`
  return `Anhu could not start: ${error.message}${process.env.LOG_LEVEL === 'debug' ? `\n${error.stack}` : ''}`
}
