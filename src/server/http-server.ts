import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import type { Hono } from 'hono'
import { within } from '#core/within.ts'
import type { Configuration } from './configuration.ts'

/** A port that is taken. */
export interface HttpServer {
  url: URL
  /** Requests that came before wait for it. */
  serve(app: Hono): void
  /** Takes no more connections, answers the requests it has for up to so long, and cuts off what is open then. Event streams are not waited for. */
  drain(forMs: number): Promise<void>
}

/** Takes the port first, so that a port of 0 is known before links are made. */
export async function startHttpServer({ host, port }: Pick<Configuration, 'host' | 'port'>): Promise<HttpServer> {
  let serve: (app: Hono) => void = () => {}
  const app = new Promise<Hono>((resolve) => {
    serve = resolve
  })
  const open = new Set<ServerResponse>()
  const answer = async (request: Request, env: HttpBindings): Promise<Response> => {
    const response = await (await app).fetch(request, env)
    if (isEventStream(response)) open.delete(env.outgoing)
    return response
  }
  // why: without a certificate the adapter makes no other kind, of server and of requests.
  const server = createAdaptorServer({ fetch: (request, env) => answer(request, env as HttpBindings) }) as Server
  let draining = false
  server.on('request', (_request, response: ServerResponse) => {
    open.add(response)
    if (draining) response.shouldKeepAlive = false
    response.once('close', () => open.delete(response))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const { port: taken } = server.address() as AddressInfo
  return {
    url: new URL(`http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${taken}`),
    serve,
    async drain(forMs) {
      draining = true
      server.close()
      await within(forMs, answered(open))
      server.closeAllConnections()
    },
  }
}

/** It would keep the server up for ever; whoever listens connects again, to another process. */
const isEventStream = ({ headers }: Response): boolean =>
  headers.get('content-type')?.startsWith('text/event-stream') === true

/** Resolves when all are; a request that comes meanwhile on a connection from before is one of them. */
async function answered(open: ReadonlySet<ServerResponse>): Promise<void> {
  while (open.size > 0) await Promise.all([...open].map(closed))
}

/** Resolves when the answer is sent, or its caller gone. The connection takes no further request. */
function closed(response: ServerResponse): Promise<void> {
  response.shouldKeepAlive = false
  return new Promise((resolve) => response.once('close', resolve))
}
