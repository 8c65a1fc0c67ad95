import { startTestBehalf, type TestBehalf } from './behalf.ts'
import { type Emulated, type EmulatedName, startEmulated } from './emulated.ts'
import { addParent } from './things-stage.ts'

/** Behalf beside one emulated application, with a recipe `make` that makes something there, its switch on. */
export interface EmulatedStage extends TestBehalf {
  emulated: Emulated
  label: string
  /** What the emulator's page calls this person. */
  buttonOf(login: 'alice' | 'bob'): string
}

interface Play {
  label: string
  settings(url: string): object
  action: string
  input: object
}

const PILL = '{{ trigger.title }}'

const PLAYS: Record<EmulatedName, Play> = {
  github: {
    label: 'GitHub',
    settings: (url) => ({ host: url, api_path: '/' }),
    action: 'create_issue',
    input: { repository: 'acme/website', title: PILL },
  },
  google: {
    label: 'Google',
    settings: (url) => ({ host: url }),
    action: 'send_mail',
    input: { to: 'carol@acme.test', subject: PILL, text: 'As agreed.' },
  },
  linear: {
    label: 'Linear',
    settings: (url) => ({ host: url }),
    action: 'create_issue',
    input: { team: 'ENG', title: PILL },
  },
  microsoft: {
    label: 'Microsoft',
    settings: (url) => ({ host: url }),
    action: 'send_mail',
    input: { to: 'carol@acme.test', subject: PILL, text: 'As agreed.' },
  },
  slack: {
    label: 'Slack',
    settings: (url) => ({ host: url }),
    action: 'post_message',
    input: { channel: '#sales', text: PILL },
  },
}

/** The command of the recipe that makes something at this application. */
export const commandOf = (name: EmulatedName): string => `make at ${name}`

/** Adds one emulated application, and its recipe, to a running Behalf that may reach its host. */
export async function addEmulated(behalf: TestBehalf, name: EmulatedName, emulated: Emulated): Promise<void> {
  const { label, settings, action, input } = PLAYS[name]
  const parent = await addParent(behalf, {
    name: label,
    connector: name,
    settings: settings(emulated.url),
    ...emulated.client,
  })
  emulated.addRedirectUri(new URL(`/connect/callback/${parent}`, behalf.url).href)
  await behalf.addRecipe({
    name: `Make at ${label}`,
    trigger: { kind: 'command', command: commandOf(name), parameters: [{ name: 'title', type: 'text' }] },
    connections: { place: { connector: name, connection_id: parent, personal: true } },
    steps: [
      { kind: 'action', name: 'make', connection: 'place', action, input },
      { kind: 'reply', name: 'answer', text: `Made ${PILL} at ${label}.` },
    ],
  })
}

/** Starts both; `stop()` stops both. */
export async function startEmulatedStage(name: EmulatedName): Promise<EmulatedStage> {
  const emulated = await startEmulated(name)
  const behalf = await startTestBehalf({ otherHosts: [emulated.host] })
  const stopBehalf = behalf.stop
  await addEmulated(behalf, name, emulated)
  return Object.assign(behalf, {
    emulated,
    label: PLAYS[name].label,
    buttonOf: (login: string) => (name === 'github' || name === 'slack' ? login : `${login}@acme.test`),
    async stop() {
      await stopBehalf()
      await emulated.stop()
    },
  })
}
