import type { ConnectionId } from '../../src/core/ids.ts'
import { startTestBehalf, type TestBehalf, type TestPerson } from './behalf.ts'
import type { Page } from './browser.ts'
import { type KeyApplication, startKeyApplication } from './key-application.ts'
import { addParent, countPrompts, run } from './things-stage.ts'

/** Behalf beside an application with API keys, with a recipe `note` whose switch is on. */
export interface KeyStage extends TestBehalf {
  application: KeyApplication
  parent: ConnectionId
  /** Moves Behalf's clock. */
  advance(ms: number): void
  note(person: TestPerson, text: string): ReturnType<typeof run>
  /** Opens the newest prompt, types this key and presses Connect. */
  typeKey(person: TestPerson, key: string): Promise<Page>
}

/** The application's settings, but for how the credential is sent. */
export const keySettings = (url: string) => ({ base_url: url, test_path: '/me', account_name: 'user.email' })

/** Starts both; `stop()` stops both. `otherHosts`: `host:port` that may be reached besides the application. */
export async function startKeyStage({ otherHosts = [] }: { otherHosts?: string[] } = {}): Promise<KeyStage> {
  let ahead = 0
  const application = await startKeyApplication()
  const clock = () => new Date(Date.now() + ahead)
  const behalf = await startTestBehalf({ otherHosts: [application.host, ...otherHosts], clock })
  const { stop } = behalf
  const settings = { ...keySettings(application.url), authentication: 'api_key_in_query', parameter: 'api_key' }
  const parent = await addParent(behalf, {
    name: 'Acme Notes',
    connector: 'generic-http',
    settings,
    personal_form: true,
  })
  await behalf.addRecipe(writeNote(parent))
  return Object.assign(behalf, {
    application,
    parent,
    advance(ms: number) {
      ahead += ms
    },
    note: (person: TestPerson, text: string) => run(person, `note text: ${text}`),
    async typeKey(person: TestPerson, key: string) {
      const page = await person.browser.open(await person.prompt((await countPrompts(person)) - 1))
      return page.click('Connect Acme Notes', { 'credential.key': key })
    },
    async stop() {
      await stop()
      await application[Symbol.asyncDispose]()
    },
  })
}

export function writeNote(connectionId: string, command = 'note'): object {
  return {
    name: 'Write note',
    trigger: { kind: 'command', command, parameters: [{ name: 'text', type: 'text' }] },
    connections: { notes: { connector: 'generic-http', connection_id: connectionId, personal: true } },
    steps: [
      {
        kind: 'action',
        name: 'write',
        connection: 'notes',
        action: 'send_request',
        input: { url: '/notes', json: { text: '{{ trigger.text }}' } },
      },
      { kind: 'action', name: 'echo', connection: 'notes', action: 'get', input: { url: '/echo' } },
      { kind: 'reply', name: 'answer', text: 'Noted {{ trigger.text }}.' },
    ],
  }
}
