import { UserError } from '#core/errors.ts'
import type { KeySource } from './key-source.ts'
import { parseKey } from './key-text.ts'

/** What an operator does to go to another key, in this order; on several machines each step on all of them before the next. */
export const STEPS_BY_SETTINGS = [
  'Make a new key: openssl rand -base64 32',
  'On each machine, one after the other: set BEHALF_FORMER_SEALING_KEYS to the present value of BEHALF_SEALING_KEY, set BEHALF_SEALING_KEY to the new key, and restart. Once the last machine has both, everything is wrapped anew while they run.',
  'When it is done (Settings, the log and rotation.done_at say so): take BEHALF_FORMER_SEALING_KEYS out on each machine, at its next restart. Keep the old key with backups that were made before.',
]

/** `BEHALF_SEALING_KEY`, and `BEHALF_FORMER_SEALING_KEYS` separated by commas. */
export function keysInEnvironment({ current, former }: { current: string; former: string }): KeySource {
  const formerKeys = former
    .split(',')
    .filter((text) => text.trim() !== '')
    .map((text) => parseKey(text, 'BEHALF_FORMER_SEALING_KEYS'))
  const keys = [...formerKeys, parseKey(current, 'BEHALF_SEALING_KEY')]
  return {
    kind: 'environment',
    read: async () => keys,
    async append() {
      throw new UserError(
        'sealing_key_by_settings',
        `The sealing key is a setting of this server: ${STEPS_BY_SETTINGS.join(' ')}`,
        { status: 409 },
      )
    },
    async remove() {},
  }
}
