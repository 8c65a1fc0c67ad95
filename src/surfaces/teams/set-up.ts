import type { CommandsContext } from '#commands/context.ts'
import { type SetUpField, type SetUpFile, type SurfaceSetUp, setUpField } from '../surface.ts'
import { check } from './check.ts'
import { isLoopback, tenantOf } from './environment.ts'
import { appPackage } from './manifest.ts'
import { PACKAGE, stepsOf } from './set-up-steps.ts'

/** How an administrator sets the bot up: an Azure Bot of one tenant, and a package that makes it an app in Teams. */
export const teamsSetUp = (ctx: () => CommandsContext): SurfaceSetUp => ({
  summary: 'People run recipes in their chat with the app, in channels and in group chats.',
  fields: FIELDS,
  steps: stepsOf,
  files: (app, publicUrl) => (app ? [packageFile(appPackage(app, publicUrl))] : []),
  problems: (settings) => problemsOf(settings, ctx().publicUrl),
  check: (app) => check(ctx(), app),
  home: (settings) => ({ tenant: tenantOf({ settings }), label: 'Microsoft Teams' }),
})

const packageFile = (content: Uint8Array): SetUpFile => ({
  name: PACKAGE,
  label: 'App package',
  type: 'application/zip',
  content,
})

const MODES = [
  { value: 'teams', label: 'Microsoft Teams' },
  { value: 'playground', label: 'The local playground, whose requests nobody signs: for trying on one machine' },
]

const FIELDS: SetUpField[] = [
  {
    ...setUpField('mode', 'Where', 'The playground works only while this server is reached at 127.0.0.1 or localhost.'),
    choices: MODES,
    initial: 'teams',
  },
  setUpField('app_id', 'Application (client) ID', 'Of the app registration, in Entra: a row of 36 characters.'),
  setUpField(
    'tenant_id',
    'Directory (tenant) ID',
    'Beside it. Nobody of another tenant can speak to the app as one of yours.',
  ),
  {
    ...setUpField(
      'client_secret',
      'Client secret',
      'Certificates & secrets of the app registration: the value, not its id.',
    ),
    secret: true,
    required: false,
  },
  {
    ...setUpField(
      'stand_in',
      'Address of the playground',
      'Such as http://127.0.0.1:56150, and on the list of BEHALF_ALLOWED_PRIVATE_HOSTS. Leave it empty for Microsoft Teams.',
    ),
    required: false,
    isAddress: true,
  },
]

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

function problemsOf(settings: Record<string, string>, publicUrl: URL): { field: string; problem: string }[] {
  const { mode, stand_in: standIn = '', app_id: appId = '', tenant_id: tenantId = '' } = settings
  const isPlayground = mode === 'playground'
  const problems: { field: string; problem: string }[] = []
  if (!isPlayground && !GUID.test(appId)) problems.push({ field: 'app_id', problem: 'The application ID is not one.' })
  if (!isPlayground && !GUID.test(tenantId)) problems.push({ field: 'tenant_id', problem: 'The tenant ID is not one.' })
  if (isPlayground && !isLoopback(publicUrl))
    problems.push({
      field: 'mode',
      problem: 'The playground works only while PUBLIC_URL is of 127.0.0.1 or localhost.',
    })
  if (isPlayground && standIn === '') problems.push({ field: 'stand_in', problem: 'Say where the playground is.' })
  if (standIn !== '' && !(isLoopback(URL.parse(standIn)) && isLoopback(publicUrl)))
    problems.push({
      field: 'stand_in',
      problem: 'A stand-in for Microsoft is on this machine alone, and so is this server then.',
    })
  return problems
}
