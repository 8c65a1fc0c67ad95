import { defineAction } from '#connectors/connector.ts'
import { toRequest, toWrittenAnswer, WrittenAnswer, WrittenRequest } from '#core/written-request.ts'

export const sendRequest = defineAction({
  name: 'send_request',
  label: 'Send request',
  description: 'Sends any HTTP request to the application. It is not repeated by itself after a crash.',
  consentText: 'send requests there as you, which may change anything you can change',
  input: WrittenRequest,
  output: WrittenAnswer,
  recipient: 'url',
  idempotent: false,
  async run({ input, request }) {
    return toWrittenAnswer(await request(toRequest(input)), input.answer)
  },
})
