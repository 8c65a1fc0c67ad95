import type { z } from 'zod'
import type { JobBody } from '#api/jobs-contract.ts'
import type { Stage } from './stage.ts'

/** Whoever does not want to connect now ends this one job, and nothing else. */
export async function sceneNotNow({ story, bob, witness }: Stage): Promise<void> {
  story.scene('Not now ends the job')
  await bob.says('triage bug title: The map is upside down description: Since this morning')
  const ask = await bob.hears()
  const page = await bob.opens(ask)
  story.check('GitHub is asked for; Salesforce is connected already', offers(page.buttons) === 'Connect GitHub')
  story.tells('Bob', 'presses “Not now”')
  const over = await page.click('Not now')
  story.check('the page says that nothing was connected', over.text().includes('Nothing was connected'), over.text())
  const reply = await bob.hears()
  story.check('the chat says so too', reply.kind === 'reply' && reply.tone === 'failure')
  const job = await bob.api<z.infer<typeof JobBody>>('GET', `/jobs/${ask.job_id}`)
  story.check('the job is cancelled', job.status === 'cancelled')
  story.check('nothing was made at GitHub', (await witness.issueAuthor('The map is upside down')) === null)
  story.check('nothing was made at the CRM', (await witness.caseOwner('The map is upside down')) === null)
}

const offers = (buttons: readonly { label: string }[]): string =>
  buttons
    .map(({ label }) => label)
    .filter((label) => label.startsWith('Connect '))
    .join()
