import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'

/** A load balancer before several processes. */
export interface Balancer {
  /** The ports it sends requests to, in turn. Who refuses the connection is passed over. */
  ports: number[]
  /** Requests that a process took and did not answer, or answered with a fault of its own. */
  faults: string[]
  stop(): Promise<void>
}

/** How soon a connection ends that was never taken: it came in the instant in which its process closed the port. */
const REFUSED_WITHIN_MS = 100

/** Listens on this port of the machine itself. */
export async function startBalancer(port: number): Promise<Balancer> {
  let turn = 0
  const server = createServer(async (incoming, outgoing) => {
    const body = await buffer(incoming)
    for (let tried = 0; tried < 50; tried++) {
      const to = balancer.ports[turn++ % Math.max(1, balancer.ports.length)]
      if (to !== undefined && (await pass(incoming, body, to, outgoing))) return
    }
    outgoing.writeHead(503).end('nobody is there')
  })
  const pass = (incoming: IncomingMessage, body: Buffer, to: number, outgoing: ServerResponse): Promise<boolean> =>
    new Promise((resolve) => {
      const { method, url, headers } = incoming
      const at = Date.now()
      const onward = request({ host: '127.0.0.1', port: to, method, path: url, headers, agent: false }, (answer) => {
        const { statusCode = 0 } = answer
        if (statusCode >= 500) balancer.faults.push(`${method} ${url}: ${statusCode}`)
        outgoing.writeHead(statusCode, answer.headers)
        answer.pipe(outgoing)
        answer.on('error', () => outgoing.destroy())
        resolve(true)
      })
      onward.on('error', (error: NodeJS.ErrnoException) => {
        const refused = error.code === 'ECONNREFUSED' || Date.now() - at < REFUSED_WITHIN_MS
        if (!refused) balancer.faults.push(`${method} ${url}: ${error.message}`)
        if (!refused) outgoing.destroy()
        resolve(!refused)
      })
      onward.end(body)
    })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const balancer: Balancer = {
    ports: [],
    faults: [],
    async stop() {
      server.close()
      server.closeAllConnections()
    },
  }
  return balancer
}
