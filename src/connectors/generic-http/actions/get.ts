import { defineAction } from '#connectors/connector.ts'
import { toWrittenAnswer, WrittenAnswer, WrittenGet } from '#core/written-request.ts'

export const get = defineAction({
  name: 'get',
  label: 'Get',
  description: 'Reads JSON from an address of the application. May be repeated, so it must change nothing there.',
  consentText: 'read what you can see there',
  input: WrittenGet,
  output: WrittenAnswer,
  recipient: 'url',
  idempotent: true,
  async run({ input: { url, query, headers }, request }) {
    return toWrittenAnswer(await request({ method: 'GET', url, query, headers }), 'json')
  },
})
