import type { Stage } from './stage.ts'

/** Each person is asked for themselves, the one whose account the connection has too. */
export async function sceneBob({ story, bob, witness }: Stage): Promise<void> {
  story.scene('Bob is asked for himself')
  await bob.says('create opportunity name: Observatory amount: 90000')
  const ask = await bob.hears()
  story.check('Alice’s connection does not serve Bob: he is asked', ask.kind === 'ask')
  await bob.connects(await bob.opens(ask), 'Salesforce')
  story.check('his job goes on by itself', (await bob.hears()).text.startsWith('Created “Observatory”'))
  story.check('at the CRM it is credited to Bob', (await witness.opportunityOwner('Observatory')) === 'Bob Ortiz')
}
