import { parseArgs } from 'node:util'
import { startCrm } from './start-crm.ts'

/**
 * Acme CRM as a process of its own. Arguments, each with the environment variable that stands for it:
 * `--port` (CRM_PORT, default 7001), `--data` (CRM_DATA, the file everything is kept in), `--public-url` (CRM_PUBLIC_URL).
 * The administration token comes by environment only (CRM_ADMIN_TOKEN): arguments can be read by every process.
 * Says `Acme CRM is at <url>` when it answers.
 */
const { values } = parseArgs({
  options: { port: { type: 'string' }, data: { type: 'string' }, 'public-url': { type: 'string' } },
})
const { env } = process
const publicUrl = values['public-url'] ?? env.CRM_PUBLIC_URL

const crm = await startCrm({
  port: Number(values.port ?? env.CRM_PORT ?? 7001),
  dataFile: values.data ?? env.CRM_DATA ?? null,
  adminToken: env.CRM_ADMIN_TOKEN ?? null,
  sampleData: true,
  ...(publicUrl ? { publicUrl } : {}),
})
process.stdout.write(`Acme CRM is at ${crm.url}\n`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    crm.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  })
}
