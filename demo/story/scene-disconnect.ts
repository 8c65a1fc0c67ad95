import { disconnectMine, findMine } from './my-connections.ts'
import type { Stage } from './stage.ts'

/** Disconnecting ends the access where it was given, not here alone. */
export async function sceneDisconnect({ story, alice, seeded, witness }: Stage): Promise<void> {
  story.scene('Alice disconnects in My connections')
  story.check('at the CRM Behalf may act for Alice', (await witness.grantsOf(alice)) === 1)
  story.tells('Alice', 'disconnects Salesforce')
  await disconnectMine(alice, seeded.salesforce)
  const { status, revocation } = await findMine(alice, seeded.salesforce)
  story.check('My connections shows it as disconnected', status === 'disconnected')
  story.check('and that the CRM was told', revocation?.status === 'revoked')
  story.check('at the CRM no application acts for Alice any more', (await witness.grantsOf(alice)) === 0)
}
