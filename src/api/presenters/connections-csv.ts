import type { ListedConnection } from '#commands/connections/list-connections.ts'
import { instant } from './instant.ts'

const COLUMNS: [title: string, value: (row: ListedConnection) => string | null][] = [
  ['Person', ({ person_name }) => person_name],
  ['E-mail', ({ person_email }) => person_email],
  ['Kind of person', ({ person_kind }) => person_kind],
  ['Application', ({ connector }) => connector],
  ['Connection', ({ name }) => name],
  ['Outside account', ({ account_label }) => account_label],
  ['E-mail of the account', ({ account_email }) => account_email],
  ['Status', ({ status }) => status],
  ['Since', ({ status_at }) => instant(status_at)],
  ['Reason', ({ status_reason }) => status_reason],
  ['Revocation', ({ revocation_status }) => revocation_status],
  ['Scopes', ({ scopes }) => scopes.join(' ')],
  ['Surface', ({ surface }) => surface],
  ['Environment', ({ environment }) => environment],
  ['Created', ({ created_at }) => instant(created_at)],
  ['Authorized', ({ last_authorized_at }) => instant(last_authorized_at)],
  ['Last used', ({ last_used_at }) => instant(last_used_at)],
  ['Id', ({ id }) => id],
]

// By which a spreadsheet knows that it is UTF-8.
const BYTE_ORDER_MARK = '\uFEFF'

/** Connections as CSV (RFC 4180) in UTF-8, portion by portion. */
export async function* connectionsCsv(portions: AsyncIterable<ListedConnection[]>): AsyncGenerator<Buffer> {
  yield Buffer.from(BYTE_ORDER_MARK + line(COLUMNS.map(([title]) => title)))
  for await (const rows of portions)
    yield Buffer.from(rows.map((row) => line(COLUMNS.map(([, value]) => value(row) ?? ''))).join(''))
}

const line = (cells: string[]): string => `${cells.map(cell).join(',')}\r\n`

/**
 * why: a name is somebody's own choice, and a spreadsheet takes what begins like a formula for one: it gets an apostrophe before it
 * (https://owasp.org/www-community/attacks/CSV_Injection).
 */
function cell(text: string): string {
  const harmless = /^[\s]*[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
