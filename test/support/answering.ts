import { type Loopback, loopbackHttp } from './loopback.ts'

/** A request as it arrived. */
export interface Seen {
  method: string
  path: string
  query: URLSearchParams
  headers: Record<string, string | string[] | undefined>
  /** Parsed where it is JSON, else its text. */
  body: unknown
}

/** A server on loopback that gives these answers in turn, as JSON, and keeps what it was asked; 500 when there are no more. */
export async function answering(...answers: [status: number, body?: unknown][]): Promise<Loopback & { seen: Seen[] }> {
  const seen: Seen[] = []
  const server = await loopbackHttp(({ method = '', url = '', headers }, response, body) => {
    const { pathname, searchParams } = new URL(url, 'http://x')
    const parsed = body !== '' && headers['content-type']?.startsWith('application/json') ? JSON.parse(body) : body
    seen.push({ method, path: pathname, query: searchParams, headers, body: parsed })
    const [status, answer] = answers[seen.length - 1] ?? [500]
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(answer === undefined ? '' : JSON.stringify(answer))
  })
  return Object.assign(server, { seen })
}
