import type { Stage } from './stage.ts'

/** Who has connected is not asked again. */
export async function sceneSecondRun({ story, alice, witness }: Stage): Promise<void> {
  story.scene('The second run asks nothing')
  await alice.says('create opportunity name: Watermill amount: 700')
  const { kind, text } = await alice.hears()
  story.check('Alice is answered at once', kind === 'reply' && text.startsWith('Created “Watermill”'))
  story.check('at the CRM it is credited to Alice', (await witness.opportunityOwner('Watermill')) === 'Alice Ng')
}
