// biome-ignore-all lint/suspicious/noTemplateCurlyInString: sources are quoted here

import type { Sabotage } from '../sabotages.ts'

const LISTING = 'test/scenarios/listing-connections.test.ts'

/** What keeps lists of people's own connections whole, and harmless where they are opened, taken away one line at a time. */
export const listingSabotages: Sabotage[] = [
  {
    name: 'listing: no formula',
    test: LISTING,
    testName: 'no formula',
    file: 'src/api/presenters/connections-csv.ts',
    find: "? `'${text}` : text",
    replace: '? text : text',
  },
  {
    name: 'listing: on record',
    test: LISTING,
    testName: 'no formula',
    file: 'src/commands/connections/runtime-user-connections.ts',
    find: "await recordAudit(ctx.db, actor, { action: 'connection.list_exported', details: { ...filter } })",
    replace: 'void recordAudit',
  },
  {
    name: 'listing: for whom',
    test: LISTING,
    testName: 'refused to whoever may not see them',
    file: 'src/commands/connections/runtime-user-connections.ts',
    find: "requirePrivilege(actor, 'runtime_user_connections.view')\n  await recordAudit",
    replace: 'await recordAudit',
  },
  {
    name: 'listing: every page once',
    test: LISTING,
    testName: 'follow each other without gap',
    file: 'src/connections/find-children.ts',
    find: "order === 'asc' ? '>' : '<'",
    replace: "order === 'asc' ? '>=' : '<='",
  },
]
