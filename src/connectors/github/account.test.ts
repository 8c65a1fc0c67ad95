import { expect, it } from 'vitest'
import { readAccount } from './account.ts'

it('knows a person by their number, and names them by login and host', () => {
  expect(readAccount({ id: 42, login: 'alice', html_url: 'https://github.com/alice', email: 'a@acme.com' })).toEqual({
    id: '42',
    label: 'alice at github.com',
    email: 'a@acme.com',
  })
})

it('has no e-mail where none is shown, and names no bare address', () => {
  const account = readAccount({ id: 42, login: 'alice', html_url: 'http://127.0.0.1:7202/alice', email: null })
  expect(account).toEqual({ id: '42', label: 'alice', email: null })
})
