import type { CredentialForm } from '#connectors/connector.ts'
import type { Settings } from './settings.ts'

type Field = CredentialForm['fields'][number]

/** What is typed in, and the request that tries it. */
export function credentialForm({ base_url, authentication, test_path }: Settings): CredentialForm {
  const url = base_url.replace(/\/$/, '') + test_path
  return { fields: FIELDS[authentication], identity: { method: 'GET', url, expects: 'text' } }
}

const KEY: Field = {
  name: 'key',
  label: 'API key',
  hint: 'As a rule it is made in your settings at the application.',
  secret: true,
}

const FIELDS: Record<Settings['authentication'], Field[]> = {
  api_key_in_header: [KEY],
  api_key_in_query: [KEY],
  bearer: [{ ...KEY, label: 'Access token' }],
  basic: [
    { name: 'user', label: 'User name', hint: 'With which you sign in at the application.', secret: false },
    {
      name: 'password',
      label: 'Password',
      hint: 'An application password, where there is such a thing.',
      secret: true,
    },
  ],
  basic_key: [KEY],
  none: [],
}
