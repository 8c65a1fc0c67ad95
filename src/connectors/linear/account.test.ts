import { expect, it } from 'vitest'
import { readAccount } from './account.ts'

it('knows a person by their id in the workspace, and names both', () => {
  const viewer = { id: '0a1b', name: 'Alice Ng', email: 'alice@acme.com' }
  const data = { viewer, organization: { id: '9f', name: 'Acme' } }
  expect(readAccount({ data })).toEqual({ id: '0a1b', label: 'alice@acme.com at Acme', email: 'alice@acme.com' })
})
