// PostgreSQL's classes 08 (connection), 53 (resources), 57P (shutting down), and what Node and the pool say when nobody answers.
const CODES = /^(08...|53...|57P0.|ECONN[A-Z]+|EPIPE|ETIMEDOUT|ENOENT)$/
const MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/

/** Whether an error says that the database is away, not that a statement was wrong: the same may succeed in a moment. */
export function isDatabaseOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, syscall } = error as { code?: unknown; syscall?: unknown }
  if (MESSAGES.test(error.message)) return true
  if (typeof code !== 'string' || !CODES.test(code)) return false
  // Of Node's own codes only those of a socket: a file that is missing is no outage.
  return (
    /^\d/.test(code) || code.startsWith('57P') || syscall === 'connect' || syscall === 'read' || syscall === 'write'
  )
}
