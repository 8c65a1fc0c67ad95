import { expect, it } from 'vitest'
import { readAccount } from './account.ts'

const settings = { site: 'https://acme.atlassian.net', cloud_id: '1324a887-45db-4bf4-9e99-ef0ff456d421', host: '' }
const myself = { accountId: '5b10a2844c20165700ede21g', displayName: 'Mia Krystof', emailAddress: 'mia@example.com' }

it('knows a person by what never changes, and names them by address and site', () =>
  expect(readAccount(myself, { settings })).toEqual({
    id: '5b10a2844c20165700ede21g',
    label: 'mia@example.com at acme.atlassian.net',
    // Nowhere is it said to be proved.
    email: null,
  }))

it('names a person who shows no address by their name', () => {
  for (const emailAddress of [null, undefined, ''])
    expect(readAccount({ ...myself, emailAddress }, { settings }).label).toBe('Mia Krystof at acme.atlassian.net')
})
