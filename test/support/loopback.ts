import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'

/** A server on 127.0.0.1 that lives as long as its `await using` block. */
export interface Loopback extends AsyncDisposable {
  port: number
  /** `127.0.0.1:40123` */
  host: string
  /** Accepted connections, whatever came of them. */
  connections: number
}

/** Answers HTTP as the handler says; with a certificate, HTTPS. */
export function loopbackHttp(
  handle: (request: IncomingMessage, response: ServerResponse, body: string) => void,
  certificate?: { key: string; cert: string },
): Promise<Loopback> {
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => handle(request, response, Buffer.concat(chunks).toString()))
  }
  return listen(certificate ? createTlsServer(certificate, listener) : createServer(listener))
}

/** Speaks no HTTP at all, but what the handler writes. */
export function loopbackTcp(handle: (socket: Socket) => void): Promise<Loopback> {
  return listen(createTcpServer(handle))
}

async function listen(server: Server): Promise<Loopback> {
  const sockets = new Set<Socket>()
  const loopback = {
    port: 0,
    host: '',
    connections: 0,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((done) => server.close(done))
    },
  }
  server.on('connection', (socket: Socket) => {
    loopback.connections += 1
    sockets.add(socket)
    // A client that gives up resets the connection, which is what many of these tests want.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  loopback.port = (server.address() as AddressInfo).port
  loopback.host = `127.0.0.1:${loopback.port}`
  return loopback
}
