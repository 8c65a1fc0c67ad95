import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../test/support/free-port.ts'
import { newToken } from './baselines.ts'

/** n8n with its defaults and one published workflow: webhook → HTTP request with a credential → reply. */
export interface RunningN8n {
  version: string
  webhookUrl: URL
  pid: number
  /** Stops it and deletes its data. */
  stop(): Promise<void>
}

/**
 * Starts the n8n that is installed in a folder (`npm install n8n` there), with data of its own. It saves every execution, as is its default.
 *
 * `settings` are environment variables of n8n that differ from its defaults.
 */
export async function startN8n(
  folder: string,
  crm: URL,
  settings: Readonly<Record<string, string>> = {},
): Promise<RunningN8n> {
  const program = join(folder, 'node_modules/n8n/bin/n8n')
  const { version } = JSON.parse(await readFile(join(folder, 'node_modules/n8n/package.json'), 'utf8'))
  const data = await mkdtemp(join(tmpdir(), 'bench-n8n-'))
  const port = await freePort()
  const env = {
    PATH: process.env.PATH ?? '',
    N8N_USER_FOLDER: data,
    N8N_PORT: String(port),
    N8N_LISTEN_ADDRESS: '127.0.0.1',
    // why: what calls home is of no use here, and would take time from it.
    N8N_DIAGNOSTICS_ENABLED: 'false',
    N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
    N8N_TEMPLATES_ENABLED: 'false',
    N8N_RUNNERS_BROKER_PORT: String(await freePort()),
    ...settings,
  }
  const run = async (...args: string[]) => promisify(execFile)(process.execPath, [program, ...args], { env, cwd: data })
  await writeFile(join(data, 'credential.json'), JSON.stringify([await credentialFor(crm)]))
  await writeFile(join(data, 'workflow.json'), JSON.stringify([workflowFor(crm)]))
  await run('import:credentials', `--input=${join(data, 'credential.json')}`)
  await run('import:workflow', `--input=${join(data, 'workflow.json')}`)
  await run('publish:workflow', `--id=${WORKFLOW}`)
  const child = spawn(process.execPath, [program, 'start'], { env, cwd: data, stdio: 'ignore' })
  const webhookUrl = new URL(`http://127.0.0.1:${port}/webhook/bench`)
  const stop = async () => {
    child.kill('SIGTERM')
    if (child.exitCode === null) await once(child, 'exit')
    await rm(data, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    await untilAnswered(webhookUrl)
  } catch (error) {
    await stop()
    throw error
  }
  return { version, webhookUrl, pid: child.pid ?? 0, stop }
}

const WORKFLOW = 'benchworkflow001'
const CREDENTIAL = 'benchcredential1'

async function credentialFor(crm: URL) {
  const value = await newToken(crm)
  return { id: CREDENTIAL, name: 'CRM', type: 'httpHeaderAuth', data: { name: 'Authorization', value } }
}

/** What the bench's recipe does, in its words. */
function workflowFor(crm: URL): object {
  const node = (name: string, type: string, typeVersion: number, parameters: object, more: object = {}) => ({
    id: name,
    name,
    type: `n8n-nodes-base.${type}`,
    typeVersion,
    position: [0, 0],
    parameters,
    ...more,
  })
  const to = (name: string) => ({ main: [[{ node: name, type: 'main', index: 0 }]] })
  return {
    id: WORKFLOW,
    name: 'Create opportunity',
    active: false,
    settings: { executionOrder: 'v1' },
    nodes: [
      node(
        'Webhook',
        'webhook',
        2,
        { httpMethod: 'POST', path: 'bench', responseMode: 'responseNode' },
        { webhookId: 'bench' },
      ),
      node(
        'Create',
        'httpRequest',
        4.2,
        {
          method: 'POST',
          url: new URL('/services/data/v62.0/sobjects/Opportunity', crm).href,
          authentication: 'genericCredentialType',
          genericAuthType: 'httpHeaderAuth',
          sendBody: true,
          specifyBody: 'json',
          jsonBody: '={{ { "Name": $json.body.name, "Amount": $json.body.amount, "StageName": "Prospecting" } }}',
        },
        { credentials: { httpHeaderAuth: { id: CREDENTIAL, name: 'CRM' } } },
      ),
      node('Answer', 'respondToWebhook', 1.1, { respondWith: 'json', responseBody: '={{ { "id": $json.id } }}' }),
    ],
    connections: { Webhook: to('Create'), Create: to('Answer') },
  }
}

async function untilAnswered(url: URL): Promise<void> {
  const end = performance.now() + 120_000
  for (;;) {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'First', amount: 1 }),
    }).catch(() => undefined)
    const text = await answer?.text()
    // why: while it starts, n8n answers every address with a page and a 200.
    if (text?.startsWith('{"id":')) return
    if (performance.now() > end) throw new Error(`n8n did not answer in two minutes: ${text}`)
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}
