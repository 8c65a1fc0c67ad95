import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'

/** What we rely on of the answer, and no more. */
const Created = z.object({ id: z.string(), url: z.string() })

export const createNote = defineAction({
  name: 'create_note',
  label: 'Create note',
  description: 'Writes a note into a notebook.',
  consentText: 'write notes as you',
  input: z
    .strictObject({
      notebook: z
        .string()
        .trim()
        .regex(/^[\w-]{1,100}$/, 'the id of a notebook')
        .meta({ title: 'Notebook', description: 'Its id, as in the address of its page.' }),
      text: z.string().min(1).max(10_000).meta({ title: 'Text' }),
    })
    .meta({ examples: [{ notebook: 'sales', text: 'Acme has signed.' }] }),
  output: z.object({ id: z.string(), url: z.string().meta({ description: 'The page of the note.' }) }),
  recipient: 'notebook',
  idempotent: false,
  async run({ input: { notebook, text }, request }) {
    const answer = await request({ method: 'POST', url: `/notebooks/${notebook}/notes`, json: { text } })
    return readAnswer(Created, answer.json, 'Acme')
  },
})
