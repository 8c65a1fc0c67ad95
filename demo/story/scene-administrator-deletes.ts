import type { z } from 'zod'
import type { Connection, Consequences } from '#api/contract.ts'
import type { Stage } from './stage.ts'

/** Who answers for it sees every person's connection, and can take any of them away. */
export async function sceneAdministratorDeletes({ story, alice, seeded, witness }: Stage): Promise<void> {
  const { dana, salesforce } = seeded
  story.scene('The administrator deletes Alice’s connection')
  const query = new URLSearchParams({ parent_id: salesforce, q: 'Alice' })
  const [child] = await dana.api<z.infer<typeof Connection>[]>('GET', `/connections/runtime_user_connections?${query}`)
  story.check(
    'Dana sees whose it is, and as which account',
    child?.person?.name === 'Alice Ng' && child.account !== null,
  )
  const path = `/connections/${child?.id}`
  const { sentences } = await dana.api<z.infer<typeof Consequences>>('GET', `${path}/consequences?of=delete`)
  story.tells('Behalf', `to Dana, first: ${sentences.at(-1)}`)
  story.tells('Dana', 'deletes it')
  await dana.api('DELETE', path)
  story.check('at the CRM no application acts for Alice any more', (await witness.grantsOf(alice)) === 0)
  await alice.says('create opportunity name: Greenhouse amount: 450')
  const ask = await alice.hears()
  story.check('Alice is asked again', ask.kind === 'ask')
  story.check('nothing was made in her name, or in Bob’s', (await witness.opportunityOwner('Greenhouse')) === null)
  await alice.connects(await alice.opens(ask), 'Salesforce')
  story.check('the job goes on by itself', (await alice.hears()).text.startsWith('Created “Greenhouse”'))
  story.check('at the CRM it is credited to Alice', (await witness.opportunityOwner('Greenhouse')) === 'Alice Ng')
}
