import { mkdtemp, rm } from 'node:fs/promises'
import { get } from 'node:http'
import { connect, createServer, type LookupFunction, type NetConnectOpts, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { afterEach, expect, test } from 'vitest'

const REFUSED = /A test tried to connect to .* loopback only/
const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

test.each([
  ['an address', () => connect(80, '192.0.2.1')],
  ['an address of the other kind', () => connect({ port: 80, host: '2001:db8::1' })],
  ['a name', () => connect(80, 'example.com')],
  ['a name over TLS', () => connectTls({ port: 443, host: 'example.com' })],
  ['a page', () => get('http://example.com/')],
])('refuses %s outside this machine', (_, reach) => {
  expect(reach).toThrow(REFUSED)
})

test('refuses fetch to the outside', async () => {
  const error = await fetch('http://192.0.2.1/').catch((error) => error)
  expect(String(error.cause)).toMatch(REFUSED)
})

test('lets loopback through, by address, by name and by socket', async () => {
  const port = await listening((server, done) => server.listen(0, '127.0.0.1', done))
  for (const host of ['127.0.0.1', 'localhost']) await connected({ port, host })
  const folder = await mkdtemp(join(tmpdir(), 'behalf-socket-'))
  const path = join(folder, 'socket')
  await listening((server, done) => server.listen(path, done))
  await connected({ path })
  await rm(folder, { recursive: true })
})

test('believes a resolver of the test as far as loopback', async () => {
  const port = await listening((server, done) => server.listen(0, '127.0.0.1', done))
  await connected({ port, host: 'crm.example', lookup: resolvesTo('127.0.0.1') })
  await expect(connected({ port, host: 'crm.example', lookup: resolvesTo('192.0.2.1') })).rejects.toThrow(REFUSED)
})

function resolvesTo(address: string): LookupFunction {
  return (_, options, callback) => (options.all ? callback(null, [{ address, family: 4 }]) : callback(null, address, 4))
}

async function listening(listen: (server: Server, done: () => void) => void): Promise<number> {
  const server = createServer((socket) => socket.end())
  servers.push(server)
  await new Promise<void>((done) => listen(server, done))
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

function connected(options: NetConnectOpts): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(options, () => resolve(void socket.destroy()))
    socket.on('error', reject)
  })
}
