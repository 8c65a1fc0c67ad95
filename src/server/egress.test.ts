import { describe, expect, it } from 'vitest'
import type { OutgoingRequest } from '#core/egress.ts'
import { OutsideError } from '#core/errors.ts'
import { makeCertificate } from '../../test/support/certificate.ts'
import { loopbackHttp, loopbackTcp } from '../../test/support/loopback.ts'
import { type EgressOptions, makeEgress } from './egress.ts'

const TOKEN = 'token-4f9c1d-that-must-not-show'

function get(url: string, more: Partial<OutgoingRequest> = {}): OutgoingRequest {
  return { method: 'GET', url: new URL(url), headers: { authorization: `Bearer ${TOKEN}` }, timeoutMs: 5_000, ...more }
}

function egressTo(host: string, options: Partial<EgressOptions> = {}) {
  return makeEgress({ allowedPrivateHosts: [host], ...options })
}

/** What `promise` failed with; its whole text must be free of the credential. */
async function failure(promise: Promise<unknown>): Promise<{ code: string; retryable: boolean; message: string }> {
  const error = await promise.then(
    () => expect.fail('it succeeded'),
    (reason) => reason,
  )
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(TOKEN)
  expect(error.cause).toBeUndefined()
  return error
}

describe('an exchange', () => {
  it('asks a last time when the connection stands, and sends nothing when that is refused', async () => {
    let requests = 0
    await using server = await loopbackHttp((_request, response) => {
      requests += 1
      response.end('{}')
    })
    const egress = egressTo(server.host)
    const beforeSending = () => {
      throw new OutsideError('outside_timeout', 'Too late.', { retryable: true })
    }
    const refused = await failure(egress(get(`http://${server.host}/`, { beforeSending })))
    expect(refused).toMatchObject({ code: 'outside_timeout', retryable: true })
    expect(requests).toBe(0)
    expect(server.connections).toBe(1)
    await egress(get(`http://${server.host}/`, { beforeSending: () => {} }))
    expect(requests).toBe(1)
  })

  it('sends method, path, query, headers and body, and reads status, headers and body', async () => {
    await using server = await loopbackHttp((request, response, body) => {
      response.writeHead(201, { 'x-kind': 'echo', 'set-cookie': ['a=1', 'b=2'] })
      response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body }))
    })
    const response = await egressTo(server.host)({
      method: 'POST',
      url: new URL(`http://${server.host}/a%20b?c=d#e`),
      headers: { 'Content-Type': 'text/plain' },
      body: 'grüße',
    })
    expect(response.status).toBe(201)
    expect(response.headers.get('x-kind')).toBe('echo')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(JSON.parse(response.body)).toMatchObject({
      method: 'POST',
      url: '/a%20b?c=d',
      headers: { 'content-type': 'text/plain', 'user-agent': 'Behalf', 'accept-encoding': 'identity' },
      body: 'grüße',
    })
  })

  it('answers with a redirect instead of following it, and sends no cookie it was given', async () => {
    const seen: (string | undefined)[] = []
    await using server = await loopbackHttp((request, response) => {
      seen.push(request.headers.cookie)
      response.writeHead(302, { location: request.url, 'set-cookie': 'session=1' }).end()
    })
    const egress = egressTo(server.host)
    expect((await egress(get(`http://${server.host}/loop`))).status).toBe(302)
    expect((await egress(get(`http://${server.host}/loop`))).status).toBe(302)
    expect(seen).toEqual([undefined, undefined])
  })

  it('keeps connections for the requests that follow', async () => {
    await using server = await loopbackHttp((_request, response) => void response.end('ok'))
    const egress = egressTo(server.host)
    for (let i = 0; i < 20; i++) await egress(get(`http://${server.host}/`))
    expect(server.connections).toBeLessThanOrEqual(2)
    await egress.close()
  })

  it('sends nothing for a caller who aborted before', async () => {
    await using server = await loopbackHttp((_request, response) => void response.end('ok'))
    const signal = AbortSignal.abort(new Error('too late'))
    await expect(egressTo(server.host)(get(`http://${server.host}/`, { signal }))).rejects.toThrow('too late')
    expect(server.connections).toBe(0)
  })

  it("throws the caller's reason when the caller aborts", async () => {
    const abort = new AbortController()
    await using server = await loopbackHttp(() => abort.abort(new Error('no longer wanted')))
    await expect(egressTo(server.host)(get(`http://${server.host}/`, { signal: abort.signal }))).rejects.toThrow(
      'no longer wanted',
    )
  })
})

describe('a server that misbehaves', () => {
  it('times out when the headers do not come', async () => {
    await using server = await loopbackHttp(() => undefined)
    const error = await failure(egressTo(server.host)(get(`http://${server.host}/`, { timeoutMs: 50 })))
    expect(error).toMatchObject({ code: 'outside_timeout', retryable: true })
  })

  it('times out when the body never ends, though every byte comes in time', async () => {
    await using server = await loopbackHttp((_request, response) => {
      const drip = setInterval(() => response.write('.'), 5)
      response.on('close', () => clearInterval(drip))
    })
    const error = await failure(egressTo(server.host)(get(`http://${server.host}/`, { timeoutMs: 100 })))
    expect(error).toMatchObject({ code: 'outside_timeout', retryable: true })
  })

  it('stops reading an endless body at the ceiling and hangs up', async () => {
    const closed = Promise.withResolvers<void>()
    await using server = await loopbackHttp((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      }
      response.on('drain', more).on('close', closed.resolve)
      more()
    })
    const error = await failure(egressTo(server.host)(get(`http://${server.host}/`, { maxBytes: 100_000 })))
    expect(error).toMatchObject({ code: 'outside_too_large', retryable: false })
    await closed.promise
  })

  it('reads 10 MiB and refuses one byte more', async () => {
    await using server = await loopbackHttp((request, response) =>
      response.end(Buffer.alloc(10 * 1024 * 1024 + Number(request.url?.slice(1)), 'x')),
    )
    const egress = egressTo(server.host)
    expect((await egress(get(`http://${server.host}/0`))).body.length).toBe(10 * 1024 * 1024)
    expect(await failure(egress(get(`http://${server.host}/1`)))).toMatchObject({ code: 'outside_too_large' })
  })

  it('refuses headers without end', async () => {
    await using server = await loopbackTcp((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      for (let i = 0; i < 100; i++) socket.write(`x-${i}: ${'y'.repeat(1000)}\r\n`)
    })
    const error = await failure(egressTo(server.host)(get(`http://${server.host}/`)))
    expect(error).toMatchObject({ code: 'outside_too_large', retryable: false })
  })

  it.each([
    ['what is no HTTP', 'nonsense\r\n\r\n'],
    ['an answer cut off', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc'],
    ['chunks that lie', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nabc\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
    ['nothing at all', ''],
  ])('is unreachable when it answers with %s', async (_what, answer) => {
    await using server = await loopbackTcp((socket) => void socket.once('data', () => socket.end(answer)))
    const error = await failure(egressTo(server.host)(get(`http://${server.host}/`)))
    expect(error).toMatchObject({ code: 'outside_unreachable', retryable: true })
  })

  it('is unreachable when nobody listens', async () => {
    const server = await loopbackHttp(() => undefined)
    await server[Symbol.asyncDispose]()
    const error = await failure(egressTo(server.host)(get(`http://${server.host}/`)))
    expect(error).toMatchObject({ code: 'outside_unreachable', retryable: true })
    expect(error.message).toContain('ECONNREFUSED')
  })

  it('is refused when its certificate is not trusted, is for another name, or there is none', async () => {
    const certificate = makeCertificate('crm.test')
    let requests = 0
    await using server = await loopbackHttp((_request, response) => {
      requests += 1
      response.end('ok')
    }, certificate)
    const stranger = egressTo(server.host)
    expect(await failure(stranger(get(`https://${server.host}/`)))).toMatchObject({ code: 'outside_unreachable' })

    const lookup = async () => [{ address: '127.0.0.1', family: 4 }]
    const knows = egressTo(`other.test:${server.port}`, { lookup, certificateAuthorities: [certificate.cert] })
    expect(await failure(knows(get(`https://other.test:${server.port}/`)))).toMatchObject({
      code: 'outside_unreachable',
    })

    await using plain = await loopbackHttp((_request, response) => void response.end('ok'))
    expect(await failure(egressTo(plain.host)(get(`https://${plain.host}/`)))).toMatchObject({
      code: 'outside_unreachable',
    })
    expect(requests).toBe(0)
  })

  it('is spoken to over TLS when its certificate authority was added', async () => {
    const certificate = makeCertificate('crm.test')
    await using server = await loopbackHttp((_request, response) => void response.end('ok'), certificate)
    const lookup = async () => [{ address: '127.0.0.1', family: 4 }]
    const egress = egressTo(`crm.test:${server.port}`, { lookup, certificateAuthorities: [certificate.cert] })
    expect((await egress(get(`https://crm.test:${server.port}/`))).body).toBe('ok')
  })
})

describe('addresses', () => {
  it.each([
    ...['127.0.0.1', '127.1', '2130706433', '0x7f000001', '0x7f.1', '017700000001', '127.0.0.1.', '0', '0.0.0.0'],
    ...['１２７.０.０.１', '127。0。0。1', '%31%32%37.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]'],
    ...['[::127.0.0.1]', '[64:ff9b::127.0.0.1]', '[2002:7f00:1::]', '10.0.0.1', '169.254.169.254', '[fd00:ec2::254]'],
    ...['192.168.1.1', '100.64.0.1', '224.0.0.1', '[fe80::1]', '[ff02::1]', 'localhost', 'LOCALHOST'],
  ])('refuses https://%s, and connects to nothing', async (host) => {
    await using server = await loopbackHttp((_request, response) => void response.end('ok'))
    const egress = makeEgress({ allowedPrivateHosts: [] })
    const error = await failure(egress(get(`https://${host}:${server.port}/`)))
    expect(error).toMatchObject({ code: 'egress_refused', retryable: false })
    expect(server.connections).toBe(0)
  })

  it.each([
    'http://93.184.216.34/',
    'ftp://93.184.216.34/',
    'file:///etc/passwd',
    'data:,x',
    'https://a:b@93.184.216.34/',
  ])('refuses %s', async (url) => {
    const error = await failure(makeEgress({ allowedPrivateHosts: [] })(get(url)))
    expect(error).toMatchObject({ code: 'egress_refused', retryable: false })
  })

  it('allows the listed host at the listed port, in any spelling of either, and no other port', async () => {
    await using listed = await loopbackHttp((_request, response) => void response.end('ok'))
    await using other = await loopbackHttp((_request, response) => void response.end('ok'))
    const egress = egressTo(`127.1:${listed.port}`)
    expect((await egress(get(`http://0x7f000001:${listed.port}/`))).body).toBe('ok')
    expect(await failure(egress(get(`http://${other.host}/`)))).toMatchObject({ code: 'egress_refused' })
    expect(await failure(egress(get(`https://${other.host}/`)))).toMatchObject({ code: 'egress_refused' })
    expect(other.connections).toBe(0)
  })

  it('does not allow a stranger name because it leads to a listed address', async () => {
    await using server = await loopbackHttp((_request, response) => void response.end('ok'))
    const lookup = async () => [{ address: '127.0.0.1', family: 4 }]
    const egress = egressTo(server.host, { lookup })
    expect(await failure(egress(get(`https://stranger.test:${server.port}/`)))).toMatchObject({
      code: 'egress_refused',
    })
    expect(server.connections).toBe(0)
  })

  it.each([
    '127.0.0.1',
    'http://127.0.0.1:80',
    '127.0.0.1:',
    'crm.test:80/path',
    'a@crm.test:80',
    '',
    ':80',
    'x:99999',
  ])('refuses to start with %s on the allow-list', (entry) => {
    expect(() => makeEgress({ allowedPrivateHosts: [entry] })).toThrow(/host:port/)
  })
})

describe('names', () => {
  it('connects to the address it looked up itself, once', async () => {
    await using server = await loopbackHttp((request, response) => void response.end(request.headers.host))
    const asked: string[] = []
    const lookup = async (name: string) => {
      asked.push(name)
      return [{ address: '127.0.0.1', family: 4 }]
    }
    const egress = egressTo(`crm.test:${server.port}`, { lookup })
    expect((await egress(get(`http://crm.test:${server.port}/`))).body).toBe(`crm.test:${server.port}`)
    expect(asked).toEqual(['crm.test'])
  })

  it('refuses a name that has a private address, even one among public ones', async () => {
    await using server = await loopbackHttp((_request, response) => void response.end('ok'))
    for (const addresses of [
      ['127.0.0.1'],
      ['93.184.216.34', '127.0.0.1'],
      ['2606:4700::1', '::1'],
      ['::ffff:127.0.0.1'],
    ]) {
      const lookup = async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
      const egress = makeEgress({ allowedPrivateHosts: [], lookup })
      const error = await failure(egress(get(`https://rebind.test:${server.port}/`)))
      expect(error).toMatchObject({ code: 'egress_refused', retryable: false })
    }
    expect(server.connections).toBe(0)
  })

  it('uses one look-up, so that a second answer cannot lead elsewhere', async () => {
    await using server = await loopbackHttp((_request, response) => void response.end('ok'))
    const answers = ['93.184.216.34', '127.0.0.1']
    let lookups = 0
    const lookup = async () => [{ address: answers[lookups++] ?? '127.0.0.1', family: 4 }]
    const egress = makeEgress({ allowedPrivateHosts: [], lookup })
    const error = await failure(egress(get(`https://rebind.test:${server.port}/`, { timeoutMs: 300 })))
    // The public address does not answer here: what matters is where else we did not go.
    expect(['outside_unreachable', 'outside_timeout']).toContain(error.code)
    expect(lookups).toBe(1)
    expect(server.connections).toBe(0)
  })

  it.each([
    ['does not exist', async () => Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' }))],
    ['has no address', async () => []],
  ])('is unreachable when the name %s', async (_what, lookup) => {
    const error = await failure(makeEgress({ allowedPrivateHosts: [], lookup })(get('https://nowhere.test/')))
    expect(error).toMatchObject({ code: 'outside_unreachable', retryable: true })
    expect(error.message).toContain('ENOTFOUND')
  })

  it('times out when the name server does not answer', async () => {
    const lookup = () => new Promise<never>(() => undefined)
    const error = await failure(
      makeEgress({ allowedPrivateHosts: [], lookup })(get('https://slow.test/', { timeoutMs: 50 })),
    )
    expect(error).toMatchObject({ code: 'outside_timeout', retryable: true })
  })
})

it('refuses a header that HTTP cannot carry, without repeating it', async () => {
  await using server = await loopbackHttp((_request, response) => void response.end('ok'))
  const error = await failure(
    egressTo(server.host)(get(`http://${server.host}/`, { headers: { authorization: `${TOKEN}\r\nx: y` } })),
  )
  expect(error).toMatchObject({ code: 'egress_refused', retryable: false })
})
