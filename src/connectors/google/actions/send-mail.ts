import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { readMailAddresses } from '#core/mail-addresses.ts'
import { readAnswer } from '#core/read-answer.ts'
import { mailMessage } from '../mail-message.ts'
import { hostsOf } from '../settings.ts'

const Sent = z.object({ id: z.string(), threadId: z.string() })

export const sendMail = defineAction({
  name: 'send_mail',
  label: 'Send e-mail',
  description: 'Sends an e-mail in plain text.',
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
        .regex(/^[^\p{Cc}]{1,500}$/u, 'must be one line')
        .meta({ title: 'Subject' }),
      text: z.string().min(1).max(1_000_000).meta({ title: 'Text' }),
    })
    .meta({ examples: [{ to: 'bob@acme.com', subject: 'The renewal of Acme', text: 'It is signed.' }] }),
  output: z.object({ id: z.string(), thread_id: z.string() }),
  recipient: 'to',
  idempotent: false,
  async run({ input: { to, subject, text }, request, settings }) {
    const message = mailMessage({ to: readMailAddresses(to) ?? [], subject, text })
    const answer = await request({
      method: 'POST',
      url: `${hostsOf(settings).gmail}/gmail/v1/users/me/messages/send`,
      json: { raw: Buffer.from(message).toString('base64url') },
    })
    const { id, threadId } = readAnswer(Sent, answer.json, 'Google')
    return { id, thread_id: threadId }
  },
})
