import type { CommandsContext } from '#commands/context.ts'
import { listInstallationsOf } from '#commands/surfaces/installed-apps.ts'
import { lastEventAt } from '#commands/surfaces/receive-event.ts'
import { OutsideError } from '#core/errors.ts'
import type { SurfaceApp } from '#core/surface-app.ts'
import { type SetUpCheck, type SetUpField, type SetUpStep, type SurfaceSetUp, setUpField } from '../surface.ts'
import { botScopes, slackManifest } from './manifest.ts'
import { speakAt, tryAppToken } from './slack-client.ts'

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])
const MANIFEST = 'slack-manifest.json'

/** How an administrator makes Slack's app: from a manifest, with what to paste where. */
export const slackSetUp = (ctx: () => CommandsContext): SurfaceSetUp => ({
  summary: 'People run recipes in direct messages, in channels and by a slash command.',
  fields: FIELDS,
  steps: (app, publicUrl) => stepsOf(settingsOf(app), publicUrl),
  files: (app, publicUrl) => [
    {
      name: MANIFEST,
      label: 'App manifest',
      type: 'application/json',
      content: Buffer.from(JSON.stringify(slackManifest(publicUrl, settingsOf(app)), null, 2)),
    },
  ],
  problems,
  check: (app) => check(ctx(), app),
  home: () => null,
})

const secret = (name: string, label: string, hint: string): SetUpField =>
  setUpField(name, label, hint, { secret: true })

const FIELDS: SetUpField[] = [
  {
    ...setUpField(
      'mode',
      'How Slack reaches this server',
      'Choose the web socket where this server cannot be reached from the internet.',
    ),
    choices: [
      { value: 'http', label: 'By HTTP, at this server’s public address' },
      { value: 'socket', label: 'By a web socket that this server opens (Socket Mode)' },
    ],
    initial: 'http',
  },
  { ...setUpField('command', 'Slash command', 'What people type before a recipe’s command.'), initial: '/behalf' },
  {
    ...setUpField('assistant', 'Assistant', 'Whether Slack shows the app as an assistant, with threads of its own.'),
    choices: [
      { value: 'no', label: 'No' },
      { value: 'yes', label: 'Yes' },
    ],
    initial: 'no',
  },
  setUpField('app_id', 'App ID', 'Basic Information › App Credentials. Begins with A.'),
  setUpField('client_id', 'Client ID', 'Basic Information › App Credentials.'),
  secret('client_secret', 'Client Secret', 'Basic Information › App Credentials.'),
  secret('signing_secret', 'Signing Secret', 'Basic Information › App Credentials.'),
  {
    ...secret(
      'app_token',
      'App-level token',
      'For the web socket only: Basic Information › App-Level Tokens, with the scope connections:write.',
    ),
    required: false,
  },
  {
    ...setUpField('host', 'Slack’s address', 'Another one only for GovSlack.'),
    initial: 'https://slack.com',
    isAddress: true,
  },
]

const INITIAL = Object.fromEntries(FIELDS.filter((each) => !each.secret).map(({ name, initial }) => [name, initial]))

const settingsOf = (app: SurfaceApp | null): SurfaceApp['settings'] => ({ ...INITIAL, ...app?.settings })

function problems({ host = '', command = '' }: Record<string, string>) {
  const found: { field: string; problem: string }[] = []
  const url = URL.canParse(host) ? new URL(host) : undefined
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.has(url.hostname))
  if (!isSafe || url?.pathname !== '/')
    found.push({ field: 'host', problem: 'Slack’s address is like https://slack.com.' })
  if (!/^\/[a-z0-9_-]{1,31}$/.test(command))
    found.push({
      field: 'command',
      problem: 'The slash command is a slash and up to 31 small letters, digits, - or _.',
    })
  return found
}

const step = (title: string, text: string, more: Partial<SetUpStep> = {}): SetUpStep => ({
  title,
  text,
  copy: [],
  links: [],
  files: [],
  ...more,
})

function stepsOf(settings: SurfaceApp['settings'], publicUrl: URL): SetUpStep[] {
  const isSocket = settings.mode === 'socket'
  const events = new URL('/surfaces/slack/events', publicUrl).href
  const create = new URL('https://api.slack.com/apps')
  create.searchParams.set('new_app', '1')
  create.searchParams.set('manifest_json', JSON.stringify(slackManifest(publicUrl, settings)))
  const unreachable =
    LOOPBACK.has(publicUrl.hostname) && !isSocket
      ? ' This server’s address is of this machine alone, where Slack cannot reach it: choose the web socket here and save, then come back to this step.'
      : ''
  return [
    step(
      'Make the app',
      `Open Slack with the app’s manifest filled in, choose the workspace, and create the app.${unreachable}`,
      {
        links: [{ label: 'Create the app in Slack', url: create.href }],
        files: [MANIFEST],
      },
    ),
    step('Give its credentials', 'Copy them from the app’s Basic Information to the fields here, and save.'),
    isSocket
      ? step(
          'Make an app-level token',
          'Basic Information › App-Level Tokens › Generate, with the scope below. Paste it here, and save.',
          {
            copy: [{ label: 'Scope', value: 'connections:write' }],
          },
        )
      : step(
          'Have Slack verify the address',
          'Event Subscriptions: where the address is not marked as verified, press Retry.',
          {
            copy: [{ label: 'Request URL', value: events }],
          },
        ),
    step(
      'Install it',
      'In each workspace whose people shall use it, or in a whole enterprise, as somebody who may install apps there.',
      {
        links: [{ label: 'Install in Slack', url: new URL('/surfaces/slack/install', publicUrl).href }],
      },
    ),
    step('Try it', `Check here; then send the app a direct message, “help”, or type ${settings.command} help.`),
  ]
}

// --- checking -----------------------------------------------------------------------------------------------------------------

async function check(ctx: CommandsContext, app: SurfaceApp): Promise<SetUpCheck[]> {
  const installations = await listInstallationsOf(ctx, app)
  const installed = {
    what: 'Installed',
    isGood: installations.length > 0,
    text:
      installations.length > 0
        ? `In ${new Intl.ListFormat('en').format(installations.map(({ label }) => label))}.`
        : 'Nowhere yet: install it.',
  }
  const spoken = await Promise.all(
    installations.map(({ tenant, label }) => checkInstallation(ctx, app, { tenant, label })),
  )
  return [installed, ...spoken, await checkReach(ctx, app)]
}

async function checkInstallation(
  ctx: CommandsContext,
  app: SurfaceApp,
  { tenant, label }: { tenant: string; label: string },
): Promise<SetUpCheck> {
  const what = `Speaks in ${label}`
  return attempt(what, async () => {
    const { call } = await speakAt(ctx, { app: app.id, tenant })
    const { response_metadata: metadata } = await call('auth.test', {})
    const missing = botScopes(app.settings).filter((scope) => metadata?.scopes && !metadata.scopes.includes(scope))
    return missing.length === 0
      ? { what, isGood: true, text: 'Slack accepts its token.' }
      : { what, isGood: false, text: `It lacks ${missing.join(', ')}. Install it again.` }
  })
}

/** Whether what people say gets here. */
async function checkReach(ctx: CommandsContext, app: SurfaceApp): Promise<SetUpCheck> {
  const what = 'Slack reaches this server'
  if (app.settings.mode === 'socket' && !app.secretsKept.includes('app_token'))
    return { what, isGood: false, text: 'The app-level token is missing.' }
  return attempt(what, async () => {
    if (app.settings.mode === 'socket') await tryAppToken(ctx, app)
    const at = await lastEventAt(ctx, app)
    return at
      ? { what, isGood: true, text: `It last did at ${at.toISOString().slice(0, 19).replace('T', ' ')} UTC.` }
      : { what, isGood: false, text: 'Nothing has come yet. Send the app “help” in Slack, then check again.' }
  })
}

async function attempt(what: string, run: () => Promise<SetUpCheck>): Promise<SetUpCheck> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof OutsideError) return { what, isGood: false, text: error.message }
    throw error
  }
}
