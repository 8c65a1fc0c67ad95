import { toRequest, toWrittenAnswer, WrittenAnswer, WrittenGet, WrittenRequest } from './written-request.ts'

type Answer = Parameters<typeof toWrittenAnswer>[0]
type Sent = Omit<ReturnType<typeof toRequest>, 'expects'> & { expects?: 'json' | 'text' }
interface Call<I> {
  input: I
  request(sent: Sent): Promise<Answer>
}

/** The action `get` of a connector for any application: reads what its builder wrote down. */
export const writtenGet = {
  name: 'get',
  label: 'Get',
  description: 'Reads JSON from an address of the application. May be repeated, so it must change nothing there.',
  consentText: 'read what you can see there',
  input: WrittenGet,
  output: WrittenAnswer,
  recipient: 'url',
  idempotent: true,
  async run({ input: { url, query, headers }, request }: Call<ReturnType<typeof WrittenGet.parse>>) {
    return toWrittenAnswer(await request({ method: 'GET', url, query, headers }), 'json')
  },
}

/** The action `send_request` of such a connector. */
export const writtenSend = {
  name: 'send_request',
  label: 'Send request',
  description: 'Sends any HTTP request to the application. It is not repeated by itself after a crash.',
  consentText: 'send requests there as you, which may change anything you can change',
  input: WrittenRequest,
  output: WrittenAnswer,
  recipient: 'url',
  idempotent: false,
  async run({ input, request }: Call<ReturnType<typeof WrittenRequest.parse>>) {
    return toWrittenAnswer(await request(toRequest(input)), input.answer)
  },
}
