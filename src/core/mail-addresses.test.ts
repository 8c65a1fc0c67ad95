import { expect, it } from 'vitest'
import { readMailAddresses } from './mail-addresses.ts'

it('reads one address and several', () => {
  expect(readMailAddresses('alice@acme.com')).toEqual(['alice@acme.com'])
  expect(readMailAddresses(" o'neil+x@mail.acme.co.uk , bob_2@x.test")).toEqual([
    "o'neil+x@mail.acme.co.uk",
    'bob_2@x.test',
  ])
})

it.each([
  ...['', ',', 'alice', 'alice@', '@acme.com', 'alice@acme', 'a@acme.com,', 'Alice <alice@acme.com>', '"a b"@acme.com'],
  ...['a@acme.com\r\nBcc: x@evil.test', 'a@acme.com\nb@acme.com', 'a@acme.com; b@acme.com', 'a..b@acme.com', '.a@b.co'],
  ...['a@-acme.com', 'a b@acme.com', 'ä@acme.com', Array(51).fill('a@b.co').join()],
])('%j is refused', (text) => expect(readMailAddresses(text)).toBeNull())

it('is quick about a text that is made to be slow', () => {
  expect(readMailAddresses(`${'a.'.repeat(125)}@`)).toBeNull()
  expect(readMailAddresses(`a@${'a-'.repeat(120)}`)).toBeNull()
})
