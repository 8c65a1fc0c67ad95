import type { SurfaceApp } from '#core/surface-app.ts'
import { colourIcon, outlineIcon } from './icons.ts'
import { zip } from './zip.ts'

/** The package that makes the bot an app in Teams: its manifest and icons. learn.microsoft.com/microsoft-365/extensibility/schema */
export function appPackage(app: SurfaceApp, publicUrl: URL): Uint8Array {
  return zip([
    { name: 'manifest.json', content: Buffer.from(JSON.stringify(manifestOf(app, publicUrl), null, 2)) },
    { name: 'color.png', content: colourIcon() },
    { name: 'outline.png', content: outlineIcon() },
  ])
}

const COMMANDS = [
  { title: 'help', description: 'What you can run' },
  { title: 'personal_connections', description: 'Your own accounts: disconnect or delete them' },
  { title: 'cancel', description: 'Stops what was begun' },
]

function manifestOf({ settings, version }: SurfaceApp, publicUrl: URL) {
  const { app_id: id = '' } = settings
  // why: Teams takes no other scheme, and shows these pages only to who looks for them.
  const site = new URL(publicUrl)
  site.protocol = 'https:'
  return {
    $schema: 'https://developer.microsoft.com/en-us/json-schemas/teams/v1.22/MicrosoftTeams.schema.json',
    manifestVersion: '1.22',
    version: `1.0.${version}`,
    id,
    developer: { name: 'Behalf', websiteUrl: site.href, privacyUrl: site.href, termsOfUseUrl: site.href },
    name: { short: 'Behalf', full: 'Behalf' },
    description: {
      short: 'Run your recipes, as yourself.',
      full: 'Runs automations from chat as the person who runs them, with that person’s own accounts. Say help to see what you can run.',
    },
    icons: { color: 'color.png', outline: 'outline.png' },
    accentColor: '#42389D',
    bots: [
      {
        botId: id,
        scopes: ['personal', 'team', 'groupChat'],
        supportsFiles: false,
        isNotificationOnly: false,
        commandLists: [
          { scopes: ['personal'], commands: COMMANDS },
          { scopes: ['team', 'groupChat'], commands: COMMANDS.slice(0, 1) },
        ],
      },
    ],
    permissions: ['identity', 'messageTeamMembers'],
    validDomains: [publicUrl.hostname],
    webApplicationInfo: { id, resource: `api://${publicUrl.hostname}/botid-${id}` },
  }
}
