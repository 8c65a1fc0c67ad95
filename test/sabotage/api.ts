import type { Sabotage } from '../sabotages.ts'

const REQUESTS = 'test/scenarios/api-requests.test.ts'

/** What keeps a misspelt field from being taken for one that was left out. */
export const apiSabotages: Sabotage[] = [
  {
    name: 'api: a field that is not known is left out',
    test: REQUESTS,
    testName: 'holds no field that is not known',
    file: 'src/api/routes/projects.ts',
    find: 'z.strictObject(',
    replace: 'z.object(',
  },
  {
    name: 'api: a field of chat that is not known is left out',
    test: REQUESTS,
    testName: 'holds no field that is not known',
    file: 'src/surfaces/portal/chat-routes.ts',
    find: 'if (unknown !== undefined)',
    replace: "if (unknown === 'nothing')",
  },
]
