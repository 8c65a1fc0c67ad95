import { expect, test } from 'vitest'
import type { ChatMessage } from '../contract.ts'
import { mergeMessages } from './merge-messages.ts'

function line(id: string, second: number, text = id): ChatMessage {
  const at = new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString()
  const none = { job_id: null, fields: [], links: [], items: [], buttons: [], menus: [] }
  return { ...none, id, from: 'behalf', kind: 'said', text, tone: 'neutral', at }
}

test('shows a line once that came by the answer and by the stream, as it was said last', () => {
  const merged = mergeMessages([line('a', 1), line('b', 2)], [line('b', 2, 'edited')])
  expect(merged.map(({ id, text }) => [id, text])).toEqual([
    ['a', 'a'],
    ['b', 'edited'],
  ])
})

test('puts a line that arrives late where it was said', () => {
  expect(mergeMessages([line('a', 1), line('c', 3)], [line('b', 2)]).map(({ id }) => id)).toEqual(['a', 'b', 'c'])
})

test('keeps the order of lines said in the same instant', () => {
  expect(mergeMessages([line('z', 1), line('a', 1)], [line('m', 1)]).map(({ id }) => id)).toEqual(['z', 'a', 'm'])
})
