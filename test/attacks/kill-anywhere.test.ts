import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Ending, type Opening, openStory, playStory, type Story } from '../support/kill-story.ts'

// Two of them wait until their dead process is known to be dead, and are overtaken meanwhile by the others.
vi.setConfig({ maxConcurrency: 8, testTimeout: 240_000, hookTimeout: 60_000 })

let opening: Opening
beforeAll(async () => {
  opening = await openStory()
})
afterAll(() => opening?.behalf.stop())

type Case = Omit<Story, 'name'> & { ends: Partial<Ending> }

const done = { status: 'succeeded', errorCode: null }
const unknown = { status: 'failed', errorCode: 'outcome_unknown' }
const owned = (owner: string, ...names: string[]) => names.map((name) => `${name}: ${owner}`)

/** What stands in for the opportunity's name, which is another one in each case. */
const N = 'N'
const one = { recipe: 'one', by: 'chat' } as const
const CASES: Case[] = [
  // In real time, and therefore first: one that had its place in the queue, and one that never came to it.
  { ...one, killAt: 'job claimed', atOnce: true, ends: { ...done, made: owned('alice', N), said: ['Made N.'] } },
  { ...one, by: 'api', killAt: 'job recorded', atOnce: true, ends: { ...done, made: owned('alice', N) } },
  // A message is delivered at least once, and the chat leaves a repetition out.
  { ...one, killAt: 'reply delivered but not noted', ends: { ...done, made: owned('alice', N), said: ['Made N.'] } },
  {
    ...one,
    as: 'nora',
    killAt: 'reply delivered but not noted',
    consentsAs: 'Carol Diaz',
    ends: { ...done, made: owned('carol', N), said: ['ask', 'Made N.'] },
  },
  // A command whose person is connected. What had not begun is done once; what may have been done is not done again.
  { ...one, killAt: 'job recorded', ends: { ...done, made: owned('alice', N), said: ['Made N.'] } },
  { ...one, killAt: 'step begun', ends: { ...unknown, made: [], uses: ['first: outcome_unknown'] } },
  {
    ...one,
    killAt: 'step done but not recorded',
    ends: { ...unknown, made: owned('alice', N), uses: ['first: outcome_unknown'] },
  },
  {
    ...one,
    killAt: 'job ended',
    ends: { ...done, made: owned('alice', N), said: ['Made N.'], uses: ['first: succeeded'] },
  },
  // The same for a caller who waits on the very process that dies.
  { ...one, by: 'api', killAt: 'step done but not recorded', ends: { ...unknown, made: owned('alice', N) } },
  // A step that may be repeated, by its nature or by its builder's wish.
  {
    recipe: 'search',
    by: 'chat',
    killAt: 'step done but not recorded',
    ends: { ...done, made: owned('alice', N), said: ['Found 0, made N.'] },
  },
  {
    recipe: 'again',
    by: 'chat',
    killAt: 'step done but not recorded',
    ends: { ...done, made: owned('alice', N, N), said: ['Made N.'] },
  },
  // Two steps: the finished first is never run again.
  {
    recipe: 'two',
    by: 'chat',
    killAt: 'step recorded',
    ends: { ...unknown, made: owned('alice', `${N} 1`), steps: ['first: succeeded', 'second: failed'] },
  },
  {
    recipe: 'two',
    by: 'chat',
    killAt: 'step done but not recorded',
    nth: 2,
    ends: { ...unknown, made: owned('alice', `${N} 1`, `${N} 2`) },
  },
  // A loop within a function: what was made before the cut is not made again, and what was not is.
  {
    recipe: 'three',
    by: 'chat',
    killAt: 'step recorded',
    nth: 2,
    ends: { ...done, made: owned('alice', `${N} 1`, `${N} 2`, `${N} 3`), said: ['Made 3 N.'] },
  },
  // In a loop in a function, what was cut off is done again where its builder says so, and nothing else is.
  {
    recipe: 'three',
    by: 'chat',
    killAt: 'step done but not recorded',
    nth: 2,
    ends: { ...done, made: owned('alice', `${N} 1`, `${N} 2`, `${N} 2`, `${N} 3`), said: ['Made 3 N.'] },
  },
  {
    recipe: 'three',
    as: 'bob',
    by: 'chat',
    killAt: 'wait recorded',
    consentsAs: 'Bob Ortiz',
    ends: { ...done, made: owned('bob', `${N} 1`, `${N} 2`, `${N} 3`), said: ['ask', 'Made 3 N.'] },
  },
  // What is started as a job of its own is started once.
  {
    recipe: 'apart',
    by: 'chat',
    killAt: 'job recorded',
    nth: 2,
    ends: { ...done, made: owned('alice', N), said: ['Started N.'], steps: ['start: succeeded', 'answer: succeeded'] },
  },
  // Between one try and the next.
  {
    recipe: 'vain',
    by: 'chat',
    killAt: 'wait recorded',
    ends: { ...done, made: owned('alice', N), said: ['Made N.'] },
  },
  // People who must connect first: they are asked, once, and after their consent the job goes on by itself.
  {
    ...one,
    as: 'nora',
    killAt: 'job recorded',
    consentsAs: 'Carol Diaz',
    ends: { ...done, made: owned('carol', N), said: ['ask', 'Made N.'] },
  },
  {
    ...one,
    as: 'bob',
    killAt: 'wait recorded',
    consentsAs: 'Bob Ortiz',
    ends: {
      ...done,
      made: owned('bob', N),
      said: ['ask', 'Made N.'],
      uses: ['first: interrupted', 'first: succeeded'],
    },
  },
  // A webhook, with the parent's own account.
  { recipe: 'hook', by: 'webhook', killAt: 'job recorded', ends: { ...done, made: owned('carol', N) } },
  { recipe: 'hook', by: 'webhook', killAt: 'job claimed', ends: { ...done, made: owned('carol', N) } },
  {
    recipe: 'hook',
    by: 'webhook',
    killAt: 'step done but not recorded',
    ends: { ...unknown, made: owned('carol', N) },
  },
  { recipe: 'hook', by: 'webhook', killAt: 'job ended', ends: { ...done, made: owned('carol', N) } },
]

describe.concurrent('kill-anywhere: each outside effect happens as promised, and the job ends', () => {
  test.each(CASES.map((each, index) => ({ ...each, index })))(
    'kill-anywhere: $recipe by $by, killed at “$killAt” ($index)',
    async ({ ends, index, ...story }) => {
      const name = `K${index}x`
      const ending = await playStory(opening, { ...story, name })
      const expected = JSON.parse(JSON.stringify(ends).replaceAll(/\bN\b/g, name))
      expect(ending).toMatchObject(expected)
      if (ends.status === 'failed')
        expect(ending.said.join()).toContain(story.by === 'chat' ? 'not known whether it took effect' : '')
      expect(ending.said.filter((line) => line === 'ask').length).toBe(story.consentsAs ? 1 : 0)
    },
  )
})

test('kill-anywhere: every labelled point of a job is among them', () => {
  const source = readFileSync(new URL('../../src/jobs/context.ts', import.meta.url), 'utf8')
  const union = /export type Checkpoint =([\s\S]*?)\n\n/.exec(source)?.[1] ?? ''
  const labels = [...union.matchAll(/'(.+?)'/g)].map(([, label]) => label)
  expect(labels.length).toBeGreaterThan(6)
  expect([...new Set(CASES.map(({ killAt }) => killAt))].sort()).toEqual(labels.sort())
})
