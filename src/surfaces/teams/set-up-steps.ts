import type { SurfaceApp } from '#core/surface-app.ts'
import type { SetUpStep } from '../surface.ts'
import { isLoopback } from './environment.ts'

export const PACKAGE = 'behalf-teams.zip'

const step = (title: string, text: string, more: Partial<SetUpStep> = {}): SetUpStep => ({
  title,
  text,
  copy: [],
  links: [],
  files: [],
  ...more,
})

/** What to do, in its order. */
export function stepsOf(app: SurfaceApp | null, publicUrl: URL): SetUpStep[] {
  if (app?.settings.mode === 'playground') return [playground(app, publicUrl)]
  const unreachable = isLoopback(publicUrl)
    ? ' Teams cannot reach this server’s address, which is of this machine alone.'
    : ''
  return [
    step(
      'Make the bot',
      'In Azure, create an Azure Bot of the type “Single tenant”, with a new app ID. The free tier is enough.',
      { links: [{ label: 'Create an Azure Bot', url: 'https://portal.azure.com/#create/Microsoft.AzureBot' }] },
    ),
    step(
      'Give its credentials',
      'Under Configuration, copy the app ID and the tenant ID to the fields here. Press Manage Password, make a client secret, copy its value, and save.',
    ),
    app
      ? step(
          'Tell the bot where this server is',
          `Under Configuration, paste it as the messaging endpoint.${unreachable}`,
          {
            copy: [{ label: 'Messaging endpoint', value: endpointOf(app, publicUrl) }],
          },
        )
      : step('Tell the bot where this server is', 'The address stands here once the fields here are saved.'),
    step('Open it to Teams', 'Under Channels, add Microsoft Teams.'),
    step(
      'Let people sign in',
      'In the app registration, under Authentication, add the redirect address that stands below as a web address. Under API permissions, grant admin consent for openid and profile.',
      {
        links: [
          {
            label: 'App registrations',
            url: 'https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade',
          },
        ],
      },
    ),
    app
      ? step(
          'Upload the app',
          'In the Teams admin center, under Manage apps, upload the package. To be told things unasked, people need the app: add it for everybody under Setup policies.',
          {
            files: [PACKAGE],
            links: [{ label: 'Teams admin center', url: 'https://admin.teams.microsoft.com/policies/manage-apps' }],
          },
        )
      : step('Upload the app', 'Its package is here once the fields here are saved.'),
    step('Try it', 'Check here; then open the app in Teams and say “help”.'),
  ]
}

const endpointOf = (app: SurfaceApp, publicUrl: URL): string =>
  new URL(`/surfaces/teams/${app.id}/messages`, publicUrl).href

function playground(app: SurfaceApp, publicUrl: URL): SetUpStep {
  return step('Start the playground', 'On this machine. Then open its page, and say “help”.', {
    copy: [{ label: 'Command', value: `npx agentsplayground start -e ${endpointOf(app, publicUrl)}` }],
  })
}
