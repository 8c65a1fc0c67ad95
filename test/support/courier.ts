import type { CommandsContext } from '../../src/commands/context.ts'
import type { SurfaceApp } from '../../src/core/surface-app.ts'
import {
  type SetUpField,
  type Surface,
  type SurfaceModule,
  type SurfaceSetUp,
  setUpField,
} from '../../src/surfaces/surface.ts'

/** A chat that exists in tests alone: all that setting one up can need, in a few lines. It delivers into `delivered`. */
export function makeCourier({ issuer, handle = async () => {} }: { issuer?: string; handle?: Surface['handle'] } = {}) {
  const delivered: { personId: string | null; text: string }[] = []
  const surface: SurfaceModule<CommandsContext> = {
    make: () => ({
      name: 'courier',
      label: 'Courier',
      setUp: SET_UP,
      signIn: {
        label: 'Courier',
        clientOf: ({ settings: { client_id: clientId } }: SurfaceApp) =>
          issuer && clientId ? { issuer, clientId, secret: 'client_secret' } : null,
        accountOf: ({ team, sub }) =>
          typeof team === 'string' ? { tenant: team, user: String(sub), installedIn: [team] } : null,
      },
      addressOf: async () => null,
      async deliver({ personId, outgoing }) {
        delivered.push({ personId, text: outgoing.message.text })
      },
      handle,
    }),
    routes: () => [],
    keepLines: () => null,
  }
  return { surface, delivered }
}

/** What saving it needs at least, and what else it keeps. */
export const COURIER_SETTINGS = {
  settings: { client_id: 'app-1', mode: 'http', region: 'eu' },
  secrets: { client_secret: 'a-planted-client-secret', signing_secret: 'a-planted-signing-secret' },
}

const field = (name: string, more: Partial<SetUpField> = {}): SetUpField => {
  const label = name.replace('_', ' ').replace(/^./, (letter) => letter.toUpperCase())
  return setUpField(name, label, 'In Courier, under “Apps”.', more)
}

const MODES = [
  { value: 'http', label: 'By requests to this server' },
  { value: 'socket', label: 'By a line this server keeps open' },
]

const SET_UP: SurfaceSetUp = {
  summary: 'People run recipes in Courier, in direct messages and channels, and are asked there privately.',
  fields: [
    field('client_id', { label: 'Client ID' }),
    field('mode', {
      label: 'How Courier reaches this server',
      hint: 'Requests need an https address.',
      choices: MODES,
      initial: 'http',
    }),
    field('host', {
      label: 'Courier’s address',
      hint: 'Of your own Courier.',
      initial: 'https://courier.example',
      isAddress: true,
    }),
    field('region', { required: false, hint: 'Two letters; leave it empty for the nearest.' }),
    field('client_secret', { secret: true }),
    field('signing_secret', { secret: true }),
    field('app_token', { secret: true, required: false }),
  ],
  steps: (app, publicUrl) => [
    {
      title: 'Make an app at Courier',
      text: 'Choose “From a manifest”, and give it this file. It names this server’s addresses and asks for the rights Behalf needs.',
      copy: [],
      links: [{ label: 'Courier’s apps', url: 'https://apps.courier.example/new' }],
      files: ['manifest.json'],
    },
    {
      title: 'Let Courier send events here',
      text: 'Under “Events” paste this address. Courier tries it at once.',
      copy: [
        { label: 'Request address', value: new URL(`/surfaces/courier/${app?.id ?? '…'}/events`, publicUrl).href },
      ],
      links: [],
      files: [],
    },
    {
      title: 'Paste what Courier shows',
      text: 'Under “Basic information” stand the id and the secrets to give below. Then add Behalf to your teams.',
      copy: [],
      links: app ? [{ label: 'Add to Courier', url: 'https://apps.courier.example/install' }] : [],
      files: [],
    },
  ],
  files: (app, publicUrl) => [
    {
      name: 'manifest.json',
      label: 'App manifest',
      type: 'application/json',
      content: new TextEncoder().encode(JSON.stringify({ app: app?.id ?? null, url: publicUrl.href })),
    },
  ],
  problems: ({ region }) =>
    region && !/^[a-z]{2}$/.test(region) ? [{ field: 'region', problem: 'The region is two letters.' }] : [],
  home: () => null,
  check: async ({ settings, secretsKept }) => [
    { what: 'The client', isGood: true, text: `Courier knows ${settings.client_id}.` },
    {
      what: 'The line',
      isGood: settings.mode === 'http' || secretsKept.includes('app_token'),
      text: settings.mode === 'http' ? 'Not used.' : 'Give the app token.',
    },
  ],
}
