import { expect, it } from 'vitest'
import { readAccount } from './account.ts'

const user = {
  user_id: '005000000000001AAA',
  organization_id: '00D000000000001EAA',
  preferred_username: 'alice@acme.com',
  email: 'alice@acme.com',
  email_verified: true,
  urls: { custom_domain: 'https://acme.my.salesforce.com' },
}

it('names the person and their organisation', () => {
  expect(readAccount(user)).toEqual({
    id: '00D000000000001EAA/005000000000001AAA',
    label: 'alice@acme.com at acme',
    email: 'alice@acme.com',
  })
})

it('takes an address nobody proved for none, and a domain that is not Salesforce’s for no name', () => {
  expect(readAccount({ ...user, email_verified: false }).email).toBeNull()
  expect(readAccount({ ...user, urls: { custom_domain: 'http://127.0.0.1:7201' } }).label).toBe('alice@acme.com')
  expect(readAccount({ ...user, urls: null, email: null })).toMatchObject({ label: 'alice@acme.com', email: null })
})
