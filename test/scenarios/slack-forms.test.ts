import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOpportunity } from '../support/behalf.ts'
import { type Emulated, startEmulated } from '../support/emulated.ts'
import { addEmulated } from '../support/emulated-stage.ts'
import { linkIn, type SlackStage, startSlackStage } from '../support/slack/stage.ts'
import { until } from '../support/until.ts'

const ASKED = 'works with your own Salesforce account'

let stage: SlackStage
let github: Emulated
beforeAll(async () => {
  github = await startEmulated('github')
  stage = await startSlackStage({ otherHosts: [github.host] })
  await addEmulated(stage, 'github', github)
  await stage.addRecipe(await atBoth(stage))
  const { alice } = stage
  await stage.addRecipe(asksALot(stage.parent))
  await alice.says('create opportunity name: Zero')
  await stage.connect(alice, linkIn(await alice.reads(ASKED)), 'Alice Ng')
  await alice.reads('Created Zero.')
})
afterAll(async () => {
  await stage.stop()
  await github.stop()
})

/** A command with a parameter of each type. */
function asksALot(parent: string): object {
  const recipe = createOpportunity(parent, true, 'plan deal') as { trigger: object; steps: object[] }
  const parameters = [
    { name: 'name', type: 'text', label: 'Name of the deal', hint: 'As the customer calls it' },
    { name: 'amount', type: 'number', required: false },
    { name: 'stage', type: 'choice', choices: ['early', 'late'] },
    { name: 'urgent', type: 'boolean', required: false },
  ]
  const told = '{{ trigger.name }}, {{ trigger.amount? }}, {{ trigger.stage }}, {{ trigger.urgent? }}'
  return {
    ...recipe,
    trigger: { ...recipe.trigger, parameters },
    steps: [recipe.steps[0], { kind: 'reply', name: 'told', text: `Planned ${told}.` }],
  }
}

/** Makes an opportunity and an issue. */
async function atBoth({ parent, owner }: SlackStage): Promise<object> {
  const { body } = await owner.api('GET', '/connections')
  const { id } = body.data.find(({ connector }: { connector: string }) => connector === 'github')
  const recipe = createOpportunity(parent, true, 'create twice') as { connections: object; steps: object[] }
  const [create, reply] = recipe.steps
  const issue = { kind: 'action', name: 'issue', connection: 'place', action: 'create_issue' }
  const input = { repository: 'acme/website', title: '{{ trigger.name }}' }
  return {
    ...recipe,
    connections: { ...recipe.connections, place: { connector: 'github', connection_id: id, personal: true } },
    steps: [create, { ...issue, input }, reply],
  }
}

test('a slash command without its parameters opens a form, which runs it; what is wrong is said beside its field', async () => {
  const { alice } = stage
  await alice.runs('/behalf', 'plan deal', 'sales')
  expect((await alice.form()).view.title.text).toBe('plan deal')
  expect((await alice.fills({ stage: 'late' })).errors).toHaveProperty('Name of the deal')
  const wrong = await alice.fills({ 'Name of the deal': 'By form', amount: 'a lot', stage: 'late' })
  expect(wrong).toMatchObject({ isClosed: false, errors: { amount: expect.stringMatching(/number/i) } })
  const right = { 'Name of the deal': 'By <form> & *more*', amount: '12.5', stage: 'late', urgent: 'true' }
  expect(await alice.fills(right)).toEqual({ errors: {}, isClosed: true })
  const told = await alice.reads('Planned By <form> & *more*, 12.5, late, true.', 'sales')
  expect(told.isPrivate).toBe(true)
})

test('where no form can be opened a button offers it; what was given is filled in', async () => {
  const { alice } = stage
  await alice.saysIn('sales', '@Behalf plan deal name: Offered')
  const offer = await alice.reads('asks for', 'sales')
  expect(offer.isPrivate).toBe(true)
  await alice.presses(offer, 'Fill in')
  await alice.fills({ stage: 'early' })
  expect((await alice.reads('Planned Offered', 'sales')).isPrivate).toBe(true)
})

test('in a direct message what is missing is asked for one by one, and “cancel” ends it', async () => {
  const { alice } = stage
  await alice.says('plan deal')
  await alice.reads('Name of the deal')
  await alice.says('One by one')
  await alice.reads(/stage/)
  await alice.says('whenever')
  await alice.reads(/That .*early/)
  await alice.says('late')
  await alice.reads('Planned One by one')
  await alice.says('plan deal')
  await until(async () => (await alice.sees()).at(-1)?.text.includes('Name of the deal'))
  await alice.says('cancel')
  await alice.reads('Cancelled. Nothing was done.')
  expect(stage.ownerOf('cancel')).toBeUndefined()
})

test('help, and what is not known, are answered to the one person alone in a channel', async () => {
  const { alice, bob } = stage
  await alice.runs('/behalf', '', 'lounge')
  expect(await alice.reads('create opportunity', 'lounge')).toMatchObject({ isPrivate: true })
  await alice.saysIn('sales', '@Behalf plan dael')
  expect(await alice.reads('Did you mean “plan deal”?', 'sales')).toMatchObject({ isPrivate: true })
  expect((await bob.sees('sales')).some(({ text }) => text.includes('Did you mean'))).toBe(false)
  expect((await alice.reads('create opportunity', 'lounge')).buttons).toContain('Personal accounts')
})

test('the App Home shows connections, jobs and commands, and what is pressed there changes it', async () => {
  const { alice } = stage
  await alice.opensHome()
  const home = await until(async () => {
    const shown = await alice.home()
    return shown.includes('[Connected]') ? shown : undefined
  })
  for (const part of ['Your connections', 'alice@acme.test', 'Your recent jobs', 'succeeded', 'What you can run'])
    expect(home).toContain(part)
  await alice.pressesAtHome('Disconnect')
  await until(async () => !(await alice.home()).includes('[Connected]'))
  await alice.pressesAtHome('Connect', 1)
  await stage.connect(alice, linkIn(await alice.reads('Connect here')), 'Alice Ng')
  await alice.opensHome()
  await until(async () => (await alice.home()).includes('[Connected]'))
})

test('two applications are asked for together, in one prompt; when both are connected the job goes on', async () => {
  const { bob } = stage
  await bob.says('create twice name: Both')
  const prompt = await bob.reads('your own accounts at Salesforce and GitHub')
  expect((await bob.sees()).filter(({ links }) => links.length > 0)).toHaveLength(1)
  const page = await stage.connect(bob, linkIn(prompt), 'Bob Ortiz')
  await (await page.click('Connect GitHub')).click('bob')
  expect(await bob.reads('Created Both.')).toMatchObject({ ts: prompt.ts, buttons: [] })
  expect(stage.ownerOf('Both')).toBe('bob')
  expect(await github.records()).toMatchObject([{ title: 'Both', owner: 'bob' }])
})

test('who declines a prompt in it ends the job, and nothing is done', async () => {
  const { alice } = stage
  await alice.says('create twice name: Declined')
  const prompt = await alice.reads('create twice')
  await alice.presses(prompt, 'Not now')
  const now = await until(async () => {
    const seen = (await alice.sees()).find(({ ts }) => ts === prompt.ts)
    return seen?.text.includes('Cancelled') ? seen : undefined
  })
  expect(now.links).toEqual([])
  expect((await stage.jobs()).at(-1)?.status).toBe('cancelled')
  expect(stage.ownerOf('Declined')).toBeUndefined()
})
