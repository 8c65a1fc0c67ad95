import { disconnectMine } from './my-connections.ts'
import type { Stage } from './stage.ts'

/** A job that waits is rows and nothing else: it does not notice that the server was killed. */
export async function sceneKilled({ story, town, alice, seeded, witness }: Stage): Promise<void> {
  story.scene('Behalf is killed while a job waits')
  story.tells('Alice', 'disconnects Salesforce once more, so that there is something to wait for')
  await disconnectMine(alice, seeded.salesforce)
  await alice.says('create opportunity name: Phoenix amount: 3000')
  const ask = await alice.hears()
  story.check('Alice is asked', ask.kind === 'ask')
  story.tells('(kill)', 'Behalf is killed with kill -9')
  await town.behalf.kill()
  const gone = await fetch(town.behalf.url).then(
    () => false,
    () => true,
  )
  story.check('nobody answers any more', gone)
  story.tells('(start)', 'Behalf is started again')
  await town.behalf.start()
  const page = await alice.opens(ask)
  story.check(
    'the link from before still leads to the page, and Alice is still signed in',
    page.text().includes('For Alice Ng'),
  )
  await alice.connects(page, 'Salesforce')
  story.check('the job finishes by itself', (await alice.hears()).text.startsWith('Created “Phoenix”'))
  story.check('at the CRM it is credited to Alice', (await witness.opportunityOwner('Phoenix')) === 'Alice Ng')
}
