import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'

const Someone = z.object({ emailAddress: z.object({ address: z.string().nullish() }).nullish() }).nullish()
const Found = z.object({
  value: z.array(
    z.object({
      id: z.string(),
      subject: z.string().nullish(),
      bodyPreview: z.string().nullish(),
      receivedDateTime: z.string(),
      webLink: z.string().nullish(),
      from: Someone,
    }),
  ),
})

export const searchMail = defineAction({
  name: 'search_mail',
  label: 'Search e-mail',
  description: 'Finds e-mails, the newest first, with how each begins.',
  consentText: 'search your e-mail',
  input: z
    .strictObject({
      query: z.string().trim().min(1).max(500).meta({ title: 'Query', description: 'As in Outlook: from:bob renewal' }),
      limit: z.int().min(1).max(100).default(10).meta({ title: 'Limit', description: 'The most e-mails to read.' }),
    })
    .meta({ examples: [{ query: 'from:bob renewal', limit: 5 }] }),
  output: z.object({
    messages: z.array(
      z.object({
        id: z.string(),
        from: z.string().nullable(),
        subject: z.string().nullable(),
        received_at: z.string(),
        snippet: z.string().meta({ description: 'How it begins.' }),
        url: z.string().nullable(),
      }),
    ),
  }),
  recipient: null,
  idempotent: true,
  async run({ input: { query, limit }, request }) {
    const answer = await request({
      method: 'GET',
      url: '/me/messages',
      query: {
        $search: `"${query.replace(/["\\]/g, '\\$&')}"`,
        $top: limit,
        $select: 'id,subject,bodyPreview,receivedDateTime,webLink,from',
      },
    })
    const { value } = readAnswer(Found, answer.json, 'Microsoft')
    return {
      messages: value.map(({ id, from, subject, receivedDateTime, bodyPreview, webLink }) => ({
        id,
        from: from?.emailAddress?.address ?? null,
        subject: subject ?? null,
        received_at: receivedDateTime,
        snippet: bodyPreview ?? '',
        url: webLink ?? null,
      })),
    }
  },
})
