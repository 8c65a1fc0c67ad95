import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { readMailAddresses } from '#core/mail-addresses.ts'

export const sendMail = defineAction({
  name: 'send_mail',
  label: 'Send e-mail',
  description: 'Sends an e-mail in plain text, and keeps it among the sent ones.',
  consentText: 'send e-mail as you',
  // why: no copies, open or blind: a person's consent covers the recipients that `to` names, and no other field may add to them.
  input: z
    .strictObject({
      to: z
        .string()
        .refine((text) => readMailAddresses(text) !== null, 'must be e-mail addresses, with commas between them')
        .meta({ title: 'To', description: 'One or more addresses, with commas between them.' }),
      subject: z
        .string()
        .regex(/^[^\p{Cc}]{1,255}$/u, 'must be one line')
        .meta({ title: 'Subject' }),
      text: z.string().min(1).max(1_000_000).meta({ title: 'Text' }),
    })
    .meta({ examples: [{ to: 'bob@acme.com', subject: 'The renewal of Acme', text: 'It is signed.' }] }),
  output: z.object({ accepted: z.boolean().meta({ description: 'Microsoft took it on, and says no more of it.' }) }),
  recipient: 'to',
  idempotent: false,
  async run({ input: { to, subject, text }, request }) {
    const toRecipients = (readMailAddresses(to) ?? []).map((address) => ({ emailAddress: { address } }))
    const answer = await request({
      method: 'POST',
      url: '/me/sendMail',
      json: { message: { subject, body: { contentType: 'Text', content: text }, toRecipients } },
      // It answers 202 with nothing at all.
      expects: 'text',
    })
    return { accepted: answer.status < 300 }
  },
})
