import { expect, it } from 'vitest'
import { mailMessage } from './mail-message.ts'

/** The headers, unfolded, and the body of a message, both decoded. */
function read(message: string) {
  const [head = '', body = ''] = message.split('\r\n\r\n')
  const headers = head
    .replaceAll('\r\n ', ' ')
    .split('\r\n')
    .map((line) => line.split(': ') as [string, string])
  return { headers: Object.fromEntries(headers), body: Buffer.from(body, 'base64').toString() }
}

const decoded = (value = '') =>
  value
    .split(' ')
    .map((word) => Buffer.from(word.slice('=?UTF-8?B?'.length, -2), 'base64').toString())
    .join('')

it('says to whom, about what, and the text', () => {
  const { headers, body } = read(mailMessage({ to: ['a@x.test', 'b@x.test'], subject: 'Hello', text: 'One\nTwo' }))
  expect(headers).toMatchObject({ To: 'a@x.test, b@x.test', 'Content-Type': 'text/plain; charset=UTF-8' })
  expect(decoded(headers.Subject)).toBe('Hello')
  expect(body).toBe('One\r\nTwo')
})

it.each([
  'x\r\nBcc: victim@evil.test',
  'x\nBcc: victim@evil.test\n\nbody',
  '=?UTF-8?Q?x=0D=0ABcc:_v@evil.test?=',
  'Ünïcode 日本 🎉 '.repeat(20),
])('lets neither a subject nor a text become a header: %j', (hostile) => {
  const message = mailMessage({ to: ['a@x.test'], subject: hostile, text: `${hostile}\r\n\r\n--x` })
  const { headers, body } = read(message)
  expect(Object.keys(headers)).toEqual(['To', 'Subject', 'MIME-Version', 'Content-Type', 'Content-Transfer-Encoding'])
  expect(decoded(headers.Subject)).toBe(hostile)
  expect(body).toBe(`${hostile}\r\n\r\n--x`.replace(/\r?\n/g, '\r\n'))
  for (const line of message.split('\r\n')) expect(line.length).toBeLessThanOrEqual(85)
})
