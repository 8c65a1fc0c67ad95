import type { z } from 'zod'
import type { JobBody } from '#api/jobs-contract.ts'
import type { Stage } from './stage.ts'

const TITLE = 'The cart is empty'

/** Everything that is missing is asked for together, before the first step. */
export async function sceneTwoApplications({ story, alice, witness }: Stage): Promise<void> {
  story.scene('Two applications are asked for on one page')
  await alice.says(`triage bug title: ${TITLE} description: After paying by card`)
  const ask = await alice.hears()
  story.check('Alice is asked again, and once for both', ask.kind === 'ask' && ask.links.length === 1)
  const page = await alice.opens(ask)
  story.check(
    'the page knows that she disconnected Salesforce',
    page.text().includes('You disconnected your account'),
    page.text(),
  )
  const labels = page.buttons.map(({ label }) => label)
  story.check('both are on the page', labels.includes('Connect Salesforce') && labels.includes('Connect GitHub'))
  const half = await alice.connects(page, 'Salesforce')
  const job = await alice.api<z.infer<typeof JobBody>>('GET', `/jobs/${ask.job_id}`)
  story.check('with one of them the job still waits', job.status === 'waiting_for_connection' && job.steps.length === 0)
  const done = await alice.connects(half, 'GitHub')
  story.check('with both everything is connected', done.text().includes('Everything is connected'), done.text())
  story.check('the job has gone on by itself', (await alice.hears()).text === `Triaged “${TITLE}” as Alice Ng.`)
  story.check('at GitHub the issue is alice’s', (await witness.issueAuthor(TITLE)) === 'alice')
  story.check('at the CRM the case is Alice’s', (await witness.caseOwner(TITLE)) === 'Alice Ng')
}
