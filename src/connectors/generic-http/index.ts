import { type Connector, defineAction } from '#connectors/connector.ts'
import { readOrigins } from '#core/application-origin.ts'
import { errorOfAnswer } from '#core/error-of-answer.ts'
import { wordsOfRefusal } from '#core/words-of-refusal.ts'
import { writtenGet, writtenSend } from '#core/written-actions.ts'
import { readAccount } from './account.ts'
import { authorize } from './authorize.ts'
import { credentialForm } from './credential-form.ts'
import { icon } from './icon.ts'
import { type Settings, settings } from './settings.ts'

/** Any application with an API key, a token, a user name and password, or nothing at all. */
export const connector: Connector<Settings> = {
  name: 'generic-http',
  label: 'HTTP',
  icon,
  personal: true,
  generic: true,
  settings,
  actions: [defineAction(writtenGet), defineAction(writtenSend)],
  authentication: (settings) => ({ kind: 'form', form: credentialForm(settings) }),
  baseUrl: ({ base_url }) => new URL(base_url),
  origins: ({ origins }) => readOrigins(origins) ?? [],
  authorize,
  readAccount,
  readError: ({ status, headers, json }) =>
    errorOfAnswer({ application: 'HTTP', status, headers, message: wordsOfRefusal(json) }),
}
