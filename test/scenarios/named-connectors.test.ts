import { afterEach, describe, expect, it } from 'vitest'
import type { TestPerson } from '../support/behalf.ts'
import type { EmulatedName } from '../support/emulated.ts'
import { commandOf, type EmulatedStage, startEmulatedStage } from '../support/emulated-stage.ts'
import { childOf, run } from '../support/things-stage.ts'
import { until } from '../support/until.ts'

let stage: EmulatedStage | undefined
afterEach(() => stage?.stop())

const APPLICATIONS: [EmulatedName, { refreshes: boolean; revocation: 'revoked' | 'unsupported' }][] = [
  ['github', { refreshes: false, revocation: 'revoked' }],
  ['google', { refreshes: true, revocation: 'revoked' }],
  ['linear', { refreshes: true, revocation: 'revoked' }],
  ['microsoft', { refreshes: true, revocation: 'unsupported' }],
  ['slack', { refreshes: true, revocation: 'revoked' }],
]

describe.each(APPLICATIONS)('%s', (name, { refreshes, revocation }) => {
  const make = (person: TestPerson, title: string) => run(person, `${commandOf(name)} title: ${title}`)

  it('is connected by a person on its own pages; what it makes is theirs; it is renewed, revoked, and asked for anew', async () => {
    stage = await startEmulatedStage(name)
    const { emulated } = stage
    const alice = await stage.addPerson('Alice Ng')
    const bob = await stage.addPerson('Bob Ortiz')

    expect(await make(alice, 'Renewal')).toMatchObject({ status: 'waiting_for_connection' })
    await connect(stage, alice, 'alice')
    await until(async () => (await emulated.records()).length > 0)
    expect(await emulated.records()).toEqual([{ title: 'Renewal', owner: 'alice' }])

    await make(bob, 'Survey')
    await connect(stage, bob, 'bob')
    await until(async () => (await emulated.records()).length > 1)
    expect(await emulated.records()).toEqual(expect.arrayContaining([{ title: 'Survey', owner: 'bob' }]))

    emulated.issued.expire()
    const again = await make(alice, 'Again')
    if (refreshes) {
      expect(again).toMatchObject({ status: 'succeeded' })
      expect(emulated.issued.refreshes).toBe(1)
      expect((await emulated.records()).filter(({ owner }) => owner === 'alice')).toHaveLength(2)
    } else {
      expect(again).toMatchObject({ status: 'waiting_for_connection' })
      await connect(stage, alice, 'alice', 1)
      await until(async () => (await emulated.records()).length === 3)
    }

    const { id } = await childOf(alice)
    const before = emulated.issued.live().length
    await alice.api('POST', `/connections/${id}/disconnect`)
    const ended = await until(async () => {
      const child = await childOf(alice)
      return child.revocation?.status === 'pending' ? undefined : child
    })
    expect(ended).toMatchObject({ status: 'disconnected', revocation: { status: revocation } })
    if (revocation === 'revoked') expect(emulated.issued.live().length).toBeLessThan(before)
    expect(await make(alice, 'Never')).toMatchObject({ status: 'waiting_for_connection' })

    for (const token of emulated.issued.live()) emulated.issued.end(token)
    expect(await make(bob, 'Never')).toMatchObject({ status: 'waiting_for_connection' })
    expect((await emulated.records()).map(({ title }) => title)).not.toContain('Never')
  }, 60_000)
})

/** Follows a prompt, the first by default, and agrees at the application as this person of it. */
async function connect(
  { label, buttonOf }: EmulatedStage,
  person: TestPerson,
  login: 'alice' | 'bob',
  nth = 0,
): Promise<void> {
  const page = await person.browser.open(await person.prompt(nth))
  const done = await (await page.click(`Connect ${label}`)).click(buttonOf(login))
  expect(done.text()).toContain(`${label} is connected`)
}
