/** The log as rooms see it; the server hands in pino. `fields` are filtered for credentials before anything is written. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}
