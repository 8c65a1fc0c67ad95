import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An application's callback that only says "Back at the application": where a browser under test ends after consenting. */
export async function startCallbackServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer((_request, response) => response.end('Back at the application'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
