import type { OutsideAccount } from '#connectors/connector.ts'
import { OutsideError } from '#core/errors.ts'
import { textAt } from '#core/read-path.ts'
import type { Settings } from './settings.ts'

/** By the name the application tells, where the settings say so; else by the user name, or by how the key is known here. */
export function readAccount(
  identity: unknown,
  { settings, shown }: { settings: Settings; shown: Readonly<Record<string, string>> },
): OutsideAccount {
  const name = nameOf(identity, settings, shown)
  if (name === undefined)
    throw new OutsideError(
      'outside_malformed',
      `The test path answered without a name at “${settings.account_name}”. Correct “Account: name” in the connection’s settings.`,
      { retryable: false },
    )
  return { ...name, email: /^[^\s@]+@[^\s@]+$/.test(name.id) ? name.id : null }
}

function nameOf(
  identity: unknown,
  { authentication, account_name, base_url }: Settings,
  { user, key }: Readonly<Record<string, string>>,
): Pick<OutsideAccount, 'id' | 'label'> | undefined {
  if (account_name !== '') {
    const name = textAt(identity, account_name)
    return name === undefined ? undefined : { id: name, label: name }
  }
  if (authentication === 'none') return { id: base_url, label: new URL(base_url).host }
  // why: what follows a colon is no part of the user name to the application either (RFC 7617 §2).
  const [name = ''] = (user ?? '').split(':')
  if (authentication === 'basic') return name === '' ? undefined : { id: name.toLowerCase(), label: name }
  return key ? { id: key, label: `key ${key}` } : undefined
}
