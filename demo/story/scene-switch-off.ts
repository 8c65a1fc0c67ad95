import type { Stage } from './stage.ts'

/** Without the switch a recipe acts with the account of whoever set its connection up. */
export async function sceneSwitchOff({ story, alice, witness }: Stage): Promise<void> {
  story.scene('The switch is off: the connection’s own account is used')
  await alice.says('create opportunity name: Lighthouse amount: 1200')
  const { kind, text } = await alice.hears()
  story.check('Alice is asked for nothing', kind === 'reply' && text.startsWith('Created “Lighthouse”'))
  story.check(
    'at the CRM it is credited to Bob, who set the connection up',
    (await witness.opportunityOwner('Lighthouse')) === 'Bob Ortiz',
  )
}
