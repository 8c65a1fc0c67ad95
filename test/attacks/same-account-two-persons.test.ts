import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectAt } from '../support/behalf.ts'
import { type Stage, startStage } from '../support/stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.stop())

test('same-account-two-persons: an account that somebody connected is refused for everybody else', async () => {
  await connectAt(stage.mallory, await stage.ask(stage.mallory, 'His'), 'Alice Ng')
  const page = await connectAt(stage.alice, await stage.ask(stage.alice, 'Hers'), 'Alice Ng')
  expect(page.text()).toContain('already connected by somebody else')
  expect(await stage.bound()).toEqual([expect.stringContaining('Mallory Moe: ')])
  expect((await stage.audit('connect.callback_refused')).at(-1)).toMatchObject({ why: 'account_in_use' })
})

test('same-account-two-persons: only where the workspace says so', async () => {
  await stage.owner.api('PATCH', '/workspace/settings', { allow_shared_outside_accounts: true })
  await connectAt(stage.alice, await stage.ask(stage.alice, 'Shared'), 'Alice Ng')
  expect(await stage.bound()).toHaveLength(2)
  expect((await stage.audit('workspace.settings_changed')).at(-1)).toEqual({
    allow_shared_outside_accounts: { from: false, to: true },
  })
})
