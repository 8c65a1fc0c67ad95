import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'

const Found = z.object({
  value: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      webUrl: z.string().nullish(),
      lastModifiedDateTime: z.string().nullish(),
      folder: z.unknown().optional(),
    }),
  ),
})

export const searchFiles = defineAction({
  name: 'search_files',
  label: 'Search files',
  description: 'Finds files and folders in OneDrive by name and content.',
  consentText: 'search your files in OneDrive',
  input: z
    .strictObject({
      text: z.string().trim().min(1).max(200).meta({ title: 'Text', description: 'Words of the name or the content.' }),
      limit: z.int().min(1).max(100).default(20).meta({ title: 'Limit', description: 'The most files to read.' }),
    })
    .meta({ examples: [{ text: 'renewal', limit: 5 }] }),
  output: z.object({
    files: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        is_folder: z.boolean(),
        url: z.string().nullable(),
        changed_at: z.string().nullable(),
      }),
    ),
  }),
  recipient: null,
  idempotent: true,
  async run({ input: { text, limit }, request }) {
    // A quote in a text of OData is written twice.
    const quoted = encodeURIComponent(text.replaceAll("'", "''"))
    const answer = await request({
      method: 'GET',
      url: `/me/drive/root/search(q='${quoted}')`,
      query: { $top: limit, $select: 'id,name,webUrl,lastModifiedDateTime,folder' },
    })
    const { value } = readAnswer(Found, answer.json, 'Microsoft')
    return {
      files: value.slice(0, limit).map(({ id, name, folder, webUrl, lastModifiedDateTime }) => ({
        id,
        name,
        is_folder: folder != null,
        url: webUrl ?? null,
        changed_at: lastModifiedDateTime ?? null,
      })),
    }
  },
})
