import type { z } from 'zod'
import type { Connection, RecipeBody } from '#api/contract.ts'
import type { Stage } from './stage.ts'

type ConnectionBody = z.infer<typeof Connection>

/** Without its connection a recipe stops and says why; what people connected under it stays theirs to end. */
export async function sceneParentDeleted(stage: Stage): Promise<void> {
  const { story, seeded, alice, witness } = stage
  const { dana, salesforce } = seeded
  story.scene('The connection itself is deleted')
  story.tells('Dana', 'deletes the connection “Salesforce”')
  await dana.api('DELETE', `/connections/${salesforce}`)
  for (const id of [seeded.createOpportunity, seeded.triageBug]) {
    const { name, status, stopped_reason } = await dana.api<z.infer<typeof RecipeBody>>('GET', `/recipes/${id}`)
    const says = stopped_reason?.includes('“Salesforce” was deleted') ?? false
    story.check(`“${name}” is stopped, and says: ${stopped_reason}`, status === 'stopped' && says)
  }
  await alice.says('create opportunity name: Sandcastle amount: 1')
  await alice.hears()
  story.check('Alice’s command makes nothing any more', (await witness.opportunityOwner('Sandcastle')) === null)
  await endOrphans(stage)
}

async function endOrphans({ story, seeded: { dana, salesforce }, alice, bob, witness }: Stage): Promise<void> {
  const children = () =>
    dana.api<ConnectionBody[]>('GET', `/connections/runtime_user_connections?parent_id=${salesforce}`)
  const orphans = await children()
  const names = orphans.map(({ person }) => person?.name).sort()
  story.check('Alice’s and Bob’s own connections are still there', names.join() === 'Alice Ng,Bob Ortiz')
  story.check(
    'both are orphaned',
    orphans.every(({ status }) => status === 'orphaned'),
  )
  story.tells('Alice', 'deletes hers in My connections; Dana deletes Bob’s')
  for (const { id, person } of orphans)
    await (person?.name === alice.name ? alice : dana).api('DELETE', `/connections/${id}`)
  story.check('none is left', (await children()).length === 0)
  const left = (await witness.grantsOf(alice)) + (await witness.grantsOf(bob))
  story.check('at the CRM Behalf acts for nobody any more', left === 0)
}
