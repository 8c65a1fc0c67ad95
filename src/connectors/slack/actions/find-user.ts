import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { readMailAddresses } from '#core/mail-addresses.ts'
import { readAnswer } from '#core/read-answer.ts'
import { callMethod } from '../call-method.ts'

const Found = z.object({
  ok: z.literal(true),
  user: z.object({ id: z.string(), name: z.string(), real_name: z.string().nullish() }),
})

export const findUser = defineAction({
  name: 'find_user',
  label: 'Find person',
  description: 'Finds a person of the workspace by their e-mail address.',
  consentText: 'find people of your workspace',
  input: z
    .strictObject({
      email: z
        .string()
        .trim()
        .refine((text) => readMailAddresses(text)?.length === 1, 'must be an e-mail address')
        .meta({ title: 'E-mail address' }),
    })
    .meta({ examples: [{ email: 'bob@acme.com' }] }),
  output: z.object({
    id: z.string().meta({ description: 'To mention them: <@id>; to write to them: as the channel of a message.' }),
    name: z.string(),
  }),
  recipient: null,
  idempotent: true,
  async run({ input: { email }, request }) {
    const { user } = readAnswer(Found, await callMethod(request, 'users.lookupByEmail', { email }), 'Slack')
    return { id: user.id, name: user.real_name || user.name }
  },
})
