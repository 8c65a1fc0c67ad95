import type { OutsideAccount } from '#connections/authorize.ts'
import type { Parent } from '#connections/parent.ts'
import { UserError } from '#core/errors.ts'
import type { Db } from '#database/db.ts'
import type { Person } from '#people/person.ts'
import { readWorkspaceSettings } from '#people/workspace-settings.ts'

/** Why a person is asked whether a fresh account is the one they mean. */
export interface Doubt {
  /** The account their connection stood for before, by its id there; null when there was none. */
  insteadOf: string | null
}

/**
 * Whether an account must be shown to its person before it is stored: it is another one than before, or has another e-mail address than
 * theirs, where both are known. Undefined when there is nothing to ask. Refuses another address with `other_email_refused` where the
 * workspace says so.
 */
export async function findDoubt(
  tx: Db,
  { parent, person, account }: { parent: Parent; person: Person; account: OutsideAccount },
): Promise<Doubt | undefined> {
  const otherEmail = isOther(person.email, account.email)
  if (otherEmail && (await readWorkspaceSettings(tx, parent.workspaceId)).refuse_other_email)
    throw new UserError(
      'other_email_refused',
      `You are ${person.email} here, and that account is ${account.email}. This workspace accepts only accounts with your own address. Sign in there with yours.`,
      { status: 403 },
    )
  const before = await tx
    .selectFrom('connections')
    .select('account_id')
    .where('parent_id', '=', parent.id)
    .where('person_id', '=', person.id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  const insteadOf = before?.account_id ?? null
  if (insteadOf === account.id) return undefined
  return insteadOf !== null || otherEmail ? { insteadOf } : undefined
}

const isOther = (mine: string | null, theirs: string | null): boolean =>
  mine !== null && theirs !== null && mine.trim().toLowerCase() !== theirs.trim().toLowerCase()
