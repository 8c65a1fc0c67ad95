import { expect, test } from 'vitest'
import { exampleRecipe } from '../../test/support/recipe-fixtures.ts'
import { parseRecipe } from './parse-recipe.ts'
import { hasSwitchOn, switchChanged, switchesOf } from './switch.ts'

type Entry = [connectionId: string | null, personal: boolean, connector?: string]

const withConnections = (entries: Record<string, Entry>, rest = {}) =>
  parseRecipe(
    exampleRecipe(null, {
      connections: Object.fromEntries(
        Object.entries(entries).map(([alias, [connection_id, personal, connector = 'crm']]) => [
          alias,
          { connector, connection_id, personal },
        ]),
      ),
      ...rest,
    }),
  )

const off = withConnections({ crm: ['con_1', false] })
const on = withConnections({ crm: ['con_1', true] })

test.each([
  ['turning it on', off, on],
  ['turning it off', on, off],
  ['a first version with it on', null, on],
  ['taking out an entry that has it on', on, withConnections({})],
  ['a new entry with it on', off, withConnections({ crm: ['con_1', false], other: ['con_2', true] })],
  [
    'a new entry with it on before a parent is chosen',
    off,
    withConnections({ crm: ['con_1', false], o: [null, true] }),
  ],
  ['pointing an entry that has it on at another parent', on, withConnections({ crm: ['con_2', true] })],
  ['pointing an entry that has it on at nothing', on, withConnections({ crm: [null, true] })],
  ['choosing a parent for an entry that has it on', withConnections({ crm: [null, true] }), on],
  ['renaming an entry that has it on', on, withConnections({ sales: ['con_1', true] })],
  ['another connector under it', on, withConnections({ crm: ['con_1', true, 'tracker'] })],
  [
    'swapping it between two entries',
    withConnections({ a: ['con_1', true], b: ['con_2', false] }),
    withConnections({ a: ['con_1', false], b: ['con_2', true] }),
  ],
  [
    'swapping the parents of two entries',
    withConnections({ a: ['con_1', true], b: ['con_2', false] }),
    withConnections({ a: ['con_2', true], b: ['con_1', false] }),
  ],
])('%s changes the switch', (_, before, after) => {
  expect(switchChanged(before, after)).toBe(true)
})

test.each([
  ['nothing', on, structuredClone(on)],
  ['a first version with it off', null, off],
  [
    'edits elsewhere',
    on,
    withConnections({ crm: ['con_1', true] }, { name: 'Other', steps: [], trigger: { kind: 'api' } }),
  ],
  ['a new entry with it off', on, withConnections({ crm: ['con_1', true], other: ['con_2', false] })],
  ['taking out an entry that has it off', off, withConnections({})],
  ['pointing an entry that has it off elsewhere', off, withConnections({ crm: ['con_2', false] })],
  [
    'another order of the entries',
    withConnections({ a: ['con_1', true], b: ['con_2', true] }),
    withConnections({ b: ['con_2', true], a: ['con_1', true] }),
  ],
])('%s does not change the switch', (_, before, after) => {
  expect(switchChanged(before, after)).toBe(false)
})

test('a change one way is a change the other way, and none is none, for any two documents', () => {
  let seed = 11
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648
    return Math.floor(seed / 11) % below
  }
  const any = () =>
    withConnections(
      Object.fromEntries(
        ['a', 'b', 'c']
          .filter(() => random(2) === 0)
          .map((alias, index): [string, Entry] => [
            alias,
            [random(3) === 0 ? null : `con_${index}${random(2)}`, random(2) === 0],
          ]),
      ),
    )
  for (let round = 0; round < 500; round++) {
    const [a, b] = [any(), any()]
    expect(switchChanged(a, a)).toBe(false)
    expect(switchChanged(a, b)).toBe(switchChanged(b, a))
    expect(switchChanged(null, a)).toBe(hasSwitchOn(a))
    // Whoever is told that nothing changed has the same switches on.
    const onIn = (document: typeof a) => [...switchesOf(document)].filter(([, personal]) => personal).sort()
    if (!switchChanged(a, b)) expect(onIn(a)).toEqual(onIn(b))
  }
})

test('names each switch by connector and parent, by its own name while none is chosen', () => {
  expect([...switchesOf(withConnections({ a: ['con_1', true], b: [null, false, 'tracker'] }))]).toEqual([
    ['crm:con_1', true],
    ['tracker::b', false],
  ])
})

test('a recipe is private as soon as any switch is on, used or not', () => {
  expect(hasSwitchOn(on)).toBe(true)
  expect(hasSwitchOn(withConnections({ crm: ['con_1', false], idle: [null, true] }))).toBe(true)
  expect(hasSwitchOn(off)).toBe(false)
})
