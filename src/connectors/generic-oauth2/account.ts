import type { OutsideAccount } from '#connectors/connector.ts'
import { OutsideError } from '#core/errors.ts'
import { textAt } from '#core/read-path.ts'
import type { Settings } from './settings.ts'

/** Reads the account from where the settings say it stands. Without an id there is no account: nobody could be told apart. */
export function readAccount(identity: unknown, { settings }: { settings: Settings }): OutsideAccount {
  const id = textAt(identity, settings.account_id)
  if (id === undefined)
    throw new OutsideError(
      'outside_malformed',
      `The identity URL answered without an id at “${settings.account_id}”. Correct “Account: id” in the connection’s settings.`,
      { retryable: false },
    )
  const email = textAt(identity, settings.account_email) ?? null
  return { id, label: textAt(identity, settings.account_label) ?? email ?? id, email }
}
