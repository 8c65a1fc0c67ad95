import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'

const Found = z.object({
  files: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      mimeType: z.string(),
      webViewLink: z.string().nullish(),
      modifiedTime: z.string().nullish(),
    }),
  ),
})

export const searchFiles = defineAction({
  name: 'search_files',
  label: 'Search files',
  description: 'Finds files in Drive by their names, those changed last first.',
  consentText: 'see what files you have in Drive',
  input: z
    .strictObject({
      name: z.string().min(1).max(200).meta({ title: 'Name', description: 'A part of it.' }),
      limit: z.int().min(1).max(100).default(20).meta({ title: 'Limit', description: 'The most files to read.' }),
    })
    .meta({ examples: [{ name: 'Renewal', limit: 5 }] }),
  output: z.object({
    files: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        type: z.string(),
        url: z.string().nullable(),
        changed_at: z.string().nullable(),
      }),
    ),
  }),
  recipient: null,
  idempotent: true,
  async run({ input: { name, limit }, request }) {
    const answer = await request({
      method: 'GET',
      url: '/drive/v3/files',
      query: {
        q: `name contains '${name.replace(/[\\']/g, '\\$&')}' and trashed = false`,
        pageSize: limit,
        orderBy: 'modifiedTime desc',
        fields: 'files(id,name,mimeType,webViewLink,modifiedTime)',
      },
    })
    const { files } = readAnswer(Found, answer.json, 'Google')
    return {
      files: files.map(({ id, name, mimeType, webViewLink, modifiedTime }) => ({
        id,
        name,
        type: mimeType,
        url: webViewLink ?? null,
        changed_at: modifiedTime ?? null,
      })),
    }
  },
})
