import { expect, it } from 'vitest'
import { readError, readRefusal } from './read-refusal.ts'

const answer = (status: number, json: unknown) => ({
  url: 'https://api.linear.app/graphql',
  status,
  headers: new Headers(),
  json,
  text: '',
})
const refused = (message: string, extensions: object = {}) => ({ data: null, errors: [{ message, extensions }] })

it.each([
  [200, 'Argument Validation Error', { code: 'INVALID_INPUT', type: 'invalid input' }, 'outside_invalid_input', false],
  [400, 'Authentication required', { code: 'AUTHENTICATION_ERROR' }, 'outside_unauthorized', false],
  [400, 'Rate limit exceeded', { code: 'RATELIMITED', type: 'ratelimited' }, 'outside_rate_limited', true],
  [200, 'Entity not found: Issue', { code: 'INPUT_ERROR', type: 'invalid input' }, 'outside_not_found', false],
  [200, 'No.', { code: 'FORBIDDEN', type: 'forbidden' }, 'outside_forbidden', false],
  [200, 'Oops', { type: 'internal error' }, 'outside_unavailable', true],
  [500, 'Invalid', { code: 'INVALID_INPUT' }, 'outside_unavailable', true],
  [200, 'Something new', {}, 'outside_refused', false],
])('%i “%s” is what it means', (status, message, extensions, code, retryable) => {
  const read = answer(status, refused(message, extensions))
  expect(readRefusal(read)).toMatchObject({ code, retryable, message: `Linear: ${message}` })
  expect(readError(read)).toMatchObject({ code })
})

it('prefers the words that are meant for people, and reads nothing into an answer without errors', () => {
  const json = refused('Bad', { userPresentableMessage: 'You have no team.' })
  expect(readRefusal(answer(200, json))?.message).toBe('Linear: You have no team.')
  for (const other of [{ data: {} }, { errors: [] }, null, 'x']) expect(readRefusal(answer(200, other))).toBeNull()
})
