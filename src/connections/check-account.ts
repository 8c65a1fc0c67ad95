import { sql } from 'kysely'
import type { OutsideAccount } from '#connectors/connector.ts'
import { UserError } from '#core/errors.ts'
import type { PersonId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { readWorkspaceSettings } from '#people/workspace-settings.ts'
import type { Parent } from './parent.ts'

interface Checked {
  parent: Parent
  person: { id: PersonId }
  account: OutsideAccount
}

/**
 * Refuses an account that another person's live connection stands for, with `account_in_use` (409), unless the workspace allows accounts
 * to be shared. In the transaction that stores the account.
 */
export async function refuseSharedAccount(tx: Db, { parent, person, account }: Checked): Promise<void> {
  if ((await readWorkspaceSettings(tx, parent.workspaceId)).allow_shared_outside_accounts) return
  // why: two persons finishing at once with one account would each see no other.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${parent.id} ${account.id}`}, 0))`.execute(tx)
  const other = await tx
    .selectFrom('connections')
    .select('id')
    .where('parent_id', '=', parent.id)
    .where('account_id', '=', account.id)
    .where('person_id', '<>', person.id)
    .where('status', '=', 'connected')
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  if (other)
    throw new UserError(
      'account_in_use',
      `The account ${account.label} is already connected by somebody else here. Connect your own account, or ask an administrator.`,
      { status: 409 },
    )
}

/** Refuses, with `wrong_account` (409), any account but the one a connection stood for, and the one its person agreed to put there instead. */
export function refuseOtherAccount(
  child: { account_id: string | null; account_label: string | null },
  { account, insteadOf }: { account: OutsideAccount; insteadOf: string | null },
): void {
  if (child.account_id === null || child.account_id === account.id || child.account_id === insteadOf) return
  throw new UserError(
    'wrong_account',
    `You connected ${child.account_label} before, and have now signed in as ${account.label}. Sign in as ${child.account_label}; or delete the old connection first, if you mean to change.`,
    { status: 409 },
  )
}
