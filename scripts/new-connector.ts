// `npm run connector -- <name> [label]`: writes a new connector's folder and the test of its actions, ready to be changed.
import { join, relative } from 'node:path'
import { writeConnector } from './write-connector.ts'

const ROOT = join(import.meta.dirname, '..')
const [name = '', label] = process.argv.slice(2)

try {
  const folders = { connectors: join(ROOT, 'src/connectors'), tests: join(ROOT, 'test/contracts') }
  const { folder, test } = await writeConnector({ name, ...(label && { label }), ...folders })
  const here = relative(ROOT, folder)
  console.log(`Wrote ${here}/ and ${relative(ROOT, test)}. They pass every check as they are. Now make them true:

1. ${here}/settings.ts       where it is, and what differs from one instance to another
2. ${here}/oauth-server.ts   endpoints, scopes in plain words, quirks
3. ${here}/account.ts        whose account it is: an id that never changes
4. ${here}/read-error.ts     what its errors mean
5. ${here}/actions/          one file for each thing it can do
6. ${here}/icon.ts, README.md, and the tests

docs/connectors.md explains every field, and ends with a checklist. Try it at any time:

   node scripts/run.mjs node_modules/vitest/vitest.mjs run --project node ${here} test/contracts/connectors.test.ts ${relative(ROOT, test)}`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  console.error('npm run connector -- <name> [label], for example: npm run connector -- gitlab GitLab')
  process.exitCode = 1
}
