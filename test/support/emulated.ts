import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createEmulator, type Emulator } from 'emulate'
import { type Answered, type Application, type Asked, jsonAnswer, type Made } from './emulated/application.ts'
import { github } from './emulated/github.ts'
import { google } from './emulated/google.ts'
import { type Issued, noteIssued } from './emulated/issued.ts'
import { linear } from './emulated/linear.ts'
import { microsoft } from './emulated/microsoft.ts'
import { slack } from './emulated/slack.ts'

const APPLICATIONS = { github, google, linear, microsoft, slack }
export type EmulatedName = keyof typeof APPLICATIONS

/** One of the applications that `emulate` plays, with Alice and Bob, behind a door of ours. */
export interface Emulated {
  url: string
  /** `127.0.0.1:40123` */
  host: string
  client: { client_id: string; client_secret: string }
  addRedirectUri(uri: string): void
  /** What people made there, and whose it is, asked of the application itself. */
  records(): Promise<Made[]>
  issued: Issued
  stop(): Promise<void>
}

/**
 * Starts one on 127.0.0.1; stop it with `stop()`.
 * why a door: `emulate` takes a token it does not know for its first user's, so that a dead one would act as somebody; and what it has not
 * (each file of `emulated/` says what that is) is answered at the door, as the vendor documents it.
 */
export async function startEmulated(name: EmulatedName): Promise<Emulated> {
  const application = APPLICATIONS[name]()
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const url = `http://${host}`
  const client = { client_id: 'behalf', client_secret: 'a-secret-of-the-emulated-client' }
  // The emulator holds on to the very array it was seeded with.
  const redirect_uris = ['http://127.0.0.1:1/never']
  const seed = application.seed({ ...client, name: 'Behalf', redirect_uris })
  const { emulator, port } = await startBehind({ service: name, baseUrl: url, seed })
  const issued = noteIssued()
  const answer = (asked: Asked) => answerAt(application, issued, port, asked)
  server.on('request', (request: IncomingMessage, response: ServerResponse) => void serve(request, response, answer))
  return {
    url,
    host,
    client,
    issued,
    addRedirectUri: (uri) => void redirect_uris.push(uri),
    records: () => application.records((token, path, init) => askAs(url + path, token, init)),
    async stop() {
      await close(server)
      await emulator.close()
    },
  }
}

async function startBehind(
  options: { service: EmulatedName; baseUrl: string; seed: ReturnType<Application['seed']> },
  tries = 5,
): Promise<{ emulator: Emulator; port: number }> {
  // why: the emulator cannot say which free port it took when it is given another base URL. Somebody may take this one first.
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await close(probe)
  try {
    return { emulator: await createEmulator({ ...options, port }), port }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || tries === 1) throw error
    return startBehind(options, tries - 1)
  }
}

/** The door: what the emulator has not, then dead tokens, then the emulator, whose tokens are noted. */
async function answerAt(application: Application, issued: Issued, port: number, asked: Asked): Promise<Answered> {
  const forward = (each: Asked) => send(port, { ...each, path: application.rewrite?.(each.path) ?? each.path })
  const answered = await application.answer?.(asked, { issued, forward })
  if (answered) return answered
  if (asked.token !== null && !issued.opens(asked.token)) return application.unauthorized
  const form = new URLSearchParams(asked.body)
  const isTokenRequest = asked.path === application.tokenPath
  const from = isTokenRequest ? form.get('refresh_token') : null
  if (from !== null && !issued.renews(from)) return jsonAnswer({ error: 'invalid_grant' }, 400)
  const passed = await forward(asked)
  if (isTokenRequest) note(issued, passed, from)
  if (asked.path === application.revokePath) issued.end(form.get('token') ?? '')
  return passed
}

function note(issued: Issued, { body }: Answered, from: string | null): void {
  const tokens = body.startsWith('{') ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body))
  const { access_token: access, refresh_token: refresh = null } = tokens
  if (access) issued.add({ access, refresh }, from)
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (asked: Asked) => Promise<Answered>,
): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const { method = 'GET', url: path = '/' } = request
  const headers = request.headers as Record<string, string>
  const token = /^(?:Bearer|token) (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? null
  const asked = { method, path, headers, body: Buffer.concat(chunks).toString(), token }
  const answered = await answer(asked).catch((error) => jsonAnswer(String(error), 502))
  response.writeHead(answered.status, answered.headers).end(answered.body)
}

async function send(port: number, { method, path, headers, body }: Asked): Promise<Answered> {
  const { host: _, connection: __, 'content-length': ___, ...rest } = headers
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: rest,
    redirect: 'manual',
    ...(method !== 'GET' && { body }),
  })
  const ofTheConnection = /^(content-length|content-encoding|transfer-encoding)$/
  const kept = [...response.headers].filter(([name]) => !ofTheConnection.test(name))
  return { status: response.status, headers: Object.fromEntries(kept), body: await response.text() }
}

async function askAs(url: string, token: string, init?: { body: string; type?: string }) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': init?.type ?? 'application/json' }
  return (await fetch(url, { headers, ...(init && { method: 'POST', body: init.body }) })).json()
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  await closed
}
