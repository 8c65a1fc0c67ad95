import { z } from 'zod'
import { type BoundRequest, defineAction } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'
import { hostsOf } from '../settings.ts'

const Found = z.object({ messages: z.array(z.object({ id: z.string().regex(/^[\w-]+$/) })).default([]) })
const Message = z.object({
  id: z.string(),
  threadId: z.string(),
  snippet: z.string().catch(''),
  internalDate: z.string().regex(/^\d{1,15}$/),
  payload: z.object({ headers: z.array(z.object({ name: z.string(), value: z.string() })).catch([]) }),
})

const Mail = z.object({
  id: z.string(),
  thread_id: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  subject: z.string().nullable(),
  received_at: z.string(),
  snippet: z.string().meta({ description: 'How it begins.' }),
})

export const searchMail = defineAction({
  name: 'search_mail',
  label: 'Search e-mail',
  description: 'Finds e-mails, the newest first, with how each begins.',
  consentText: 'search your e-mail',
  input: z
    .strictObject({
      query: z.string().max(500).meta({ title: 'Query', description: 'As in Gmail: from:bob@acme.com newer_than:7d' }),
      // Each is a request of its own.
      limit: z.int().min(1).max(25).default(10).meta({ title: 'Limit', description: 'The most e-mails to read.' }),
    })
    .meta({ examples: [{ query: 'from:bob@acme.com subject:renewal', limit: 5 }] }),
  output: z.object({ messages: z.array(Mail) }),
  recipient: null,
  idempotent: true,
  async run({ input: { query, limit }, request, settings }) {
    const url = `${hostsOf(settings).gmail}/gmail/v1/users/me/messages`
    const answer = await request({ method: 'GET', url, query: { q: query, maxResults: limit } })
    const { messages } = readAnswer(Found, answer.json, 'Google')
    const read: z.input<typeof Mail>[] = []
    for (const { id } of messages.slice(0, limit)) read.push(await readMail(request, `${url}/${id}`))
    return { messages: read }
  },
})

const WITHOUT_BODY = 'format=metadata&metadataHeaders=From&metadataHeaders=To&metadataHeaders=Subject'

async function readMail(request: BoundRequest, url: string): Promise<z.input<typeof Mail>> {
  const message = readAnswer(Message, (await request({ method: 'GET', url: `${url}?${WITHOUT_BODY}` })).json, 'Google')
  const header = (name: string) =>
    message.payload.headers.find((each) => each.name.toLowerCase() === name)?.value ?? null
  return {
    id: message.id,
    thread_id: message.threadId,
    from: header('from'),
    to: header('to'),
    subject: header('subject'),
    received_at: new Date(Number(message.internalDate)).toISOString(),
    snippet: message.snippet,
  }
}
