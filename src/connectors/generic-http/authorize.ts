import type { Authorization, Credential } from '#connectors/connector.ts'
import { Bug } from '#core/errors.ts'
import type { Settings } from './settings.ts'

/** Puts the credential where the application wants it. */
export function authorize(credential: Credential, { authentication, parameter, prefix }: Settings): Authorization {
  if (credential.kind !== 'form') throw new Bug('a form’s credential was asked of what is none')
  const { key = '', user = '', password = '' } = credential.values
  switch (authentication) {
    case 'api_key_in_header':
      return inHeader(parameter, prefix === '' ? key : `${prefix} ${key}`)
    case 'api_key_in_query':
      return { headers: {}, query: { [parameter]: key } }
    case 'bearer':
      return inHeader('authorization', `Bearer ${key}`)
    case 'basic':
      return inHeader('authorization', basic(user, password))
    case 'basic_key':
      return inHeader('authorization', basic(key, ''))
    case 'none':
      return { headers: {}, query: {} }
  }
}

const inHeader = (name: string, value: string): Authorization => ({
  headers: { [name.toLowerCase()]: value },
  query: {},
})

/** RFC 7617, in UTF-8. */
const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
