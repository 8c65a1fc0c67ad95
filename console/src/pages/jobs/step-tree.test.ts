import { expect, it } from 'vitest'
import type { JobStep } from '../../contract.ts'
import { type StepNode, tellingTurns, treeOf } from './step-tree.ts'

const step = (key: string, status: JobStep['status'] = 'succeeded'): JobStep => ({
  step: key,
  kind: 'action',
  status,
  action: null,
  connection: null,
  http_status: null,
  error_code: null,
  error: null,
  input: null,
  output: null,
  started_at: null,
  finished_at: null,
})

const drawn = (nodes: StepNode[]): unknown[] =>
  nodes.map(({ name, within, turns }) => [
    name,
    ...drawn(within),
    ...turns.map(({ index, nodes }) => ({ [index]: drawn(nodes) })),
  ])

it('puts steps below the loop, the try and the call they ran in', () => {
  const keys = [
    'lines',
    'lines[0].make',
    'lines[1].call',
    'lines[1].call.again',
    'lines[1].call.again[0].post',
    'answer',
  ]
  expect(drawn(treeOf(keys.map((key) => step(key))))).toEqual([
    ['lines', { 0: [['make']] }, { 1: [['call', ['again', { 0: [['post']] }]]] }],
    ['answer'],
  ])
})

it('leaves no step out whose surroundings are not on record', () => {
  expect(drawn(treeOf([step('lines[0].make'), step('gone.post')]))).toEqual([['make'], ['post']])
})

it('shows of a long loop the first times, the last, and those that failed', () => {
  const keys = Array.from({ length: 50 }, (_, i) => step(`lines[${i}].make`, i === 30 ? 'failed' : 'succeeded'))
  const [lines] = treeOf([step('lines', 'failed'), ...keys])
  expect(tellingTurns(lines?.turns ?? []).map(({ index }) => index)).toEqual([0, 1, 2, 30, 49])
})
