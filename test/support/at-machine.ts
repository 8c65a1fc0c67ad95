import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { type Browser, openBrowser } from './browser.ts'

/** The same browser, whose requests to Behalf's address this one of its servers answers, as behind a load balancer. */
export function atMachine({ jar }: Browser, { address, machine }: { address: URL; machine: { url: URL } }): Browser {
  return openBrowser({
    ...jar,
    async fetch(to, init = {}) {
      const asked = new Request(to, init)
      const url = new URL(asked.url)
      if (url.origin !== address.origin) return jar.fetch(to, init)
      const cookie = jar.header(url)
      if (cookie) asked.headers.set('cookie', cookie)
      const response = await send(asked, machine.url)
      jar.take(url, response)
      return response
    },
  })
}

/** Sends a request to this server under the name it was meant for, which `fetch` would not. */
async function send(asked: Request, { hostname, port }: URL): Promise<Response> {
  const { host, pathname, search } = new URL(asked.url)
  const headers = { ...Object.fromEntries(asked.headers), host }
  const outgoing = request({ hostname, port, path: pathname + search, method: asked.method, headers, agent: false })
  outgoing.end(Buffer.from(await asked.arrayBuffer()))
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
  const { statusCode: status = 0, rawHeaders } = answer
  const body = await buffer(answer)
  const pairs = rawHeaders.flatMap((name, i): [string, string][] =>
    i % 2 === 0 ? [[name, rawHeaders[i + 1] ?? '']] : [],
  )
  return new Response([204, 304].includes(status) ? null : body, { status, headers: pairs })
}
