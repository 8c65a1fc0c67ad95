import { expect, it } from 'vitest'
import { readAccount } from './account.ts'

it('knows a person by what never changes, and names them by their address', () => {
  const me = { id: 'u1', name: 'Alice Ng', email: 'alice@acme.com' }
  expect(readAccount(me)).toEqual({ id: 'u1', label: 'alice@acme.com', email: 'alice@acme.com' })
  expect(readAccount({ ...me, email: null })).toEqual({ id: 'u1', label: 'Alice Ng', email: null })
})
