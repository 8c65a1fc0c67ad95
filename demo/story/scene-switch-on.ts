import type { z } from 'zod'
import type { RecipeBody } from '#api/contract.ts'
import type { JobBody } from '#api/jobs-contract.ts'
import type { Stage } from './stage.ts'

/** With the switch on the person who runs it is asked once, and the job goes on by itself as them. */
export async function sceneSwitchOn(stage: Stage): Promise<void> {
  const { story, alice, witness } = stage
  story.scene('The switch is on: Alice is asked, connects, and the job goes on by itself')
  await turnSwitchOn(stage)
  await alice.says('create opportunity name: Windmill amount: 5000')
  const ask = await alice.hears()
  story.check('Alice is asked to connect her own account', ask.kind === 'ask' && ask.links.length === 1)
  const page = await alice.opens(ask)
  story.check('the page says for whom, for which recipe, and which rights', isClear(page.text()))
  story.check('nothing was made at the CRM meanwhile', (await witness.opportunityOwner('Windmill')) === null)
  const back = await alice.connects(page, 'Salesforce')
  story.check(
    'she comes back to a page that says it is done',
    back.text().includes('Salesforce is connected'),
    back.text(),
  )
  const reply = await alice.hears()
  story.check('the job has gone on by itself', reply.text.startsWith('Created “Windmill”'))
  story.check(
    'the answer names her as the owner',
    reply.fields.some(({ name, value }) => name === 'Owner' && value === 'Alice Ng'),
  )
  story.check('at the CRM it is credited to Alice', (await witness.opportunityOwner('Windmill')) === 'Alice Ng')
  const atCrm = await alice.browser.open(reply.fields.find(({ value }) => value.startsWith('http'))?.value ?? '')
  story.check('the link in the answer leads there', atCrm.status === 200 && atCrm.text().includes('Windmill'))
  await lookAsAdministrator(stage, reply.job_id!)
}

const isClear = (text: string): boolean =>
  ['For Alice Ng', 'Create opportunity', 'Read and write your records', 'Not now'].every((words) =>
    text.includes(words),
  )

async function turnSwitchOn({ story, seeded: { dana, createOpportunity } }: Stage): Promise<void> {
  story.tells('Dana', 'turns on “use the account of the person who runs this” in the recipe')
  const path = `/recipes/${createOpportunity}`
  const { document, version } = await dana.api<z.infer<typeof RecipeBody>>('GET', path)
  const connections = document.connections as Record<string, object>
  const changed = { ...document, connections: { salesforce: { ...connections.salesforce, personal: true } } }
  const saved = await dana.api<z.infer<typeof RecipeBody>>('PUT', path, {
    document: changed,
    expected_version: version,
  })
  story.check('the recipe is personal, and still started', saved.personal && saved.status === 'started')
}

/** An administrator sees that it ran, as whom and with which account, and nothing of what was in it. */
async function lookAsAdministrator({ story, seeded: { dana } }: Stage, jobId: string): Promise<void> {
  story.tells('Dana', 'looks at the job, as an administrator')
  const job = await dana.api<z.infer<typeof JobBody>>('GET', `/jobs/${jobId}`)
  const used = job.steps.find(({ step }) => step === 'create')?.connection
  story.check(
    'she sees as whom it ran, with which outside account',
    job.person?.name === 'Alice Ng' && /alice/i.test(used?.account_label ?? ''),
  )
  story.check(
    'she does not see what was in it',
    job.input?.kind === 'private' && !JSON.stringify(job).includes('Windmill'),
  )
}
