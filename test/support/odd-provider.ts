import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ConnectionId } from '../../src/core/ids.ts'
import { connectDirectly } from './connect-directly.ts'
import { type Loopback, loopbackHttp } from './loopback.ts'
import { type Granted, type RefreshStage, startRefreshStage } from './refresh-stage.ts'
import { addParent } from './things-stage.ts'

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** A stage whose application's token endpoint answers whatever it is told to. */
export interface OddStage extends RefreshStage {
  odd: ConnectionId
  /** How the token endpoint answers from now on; `sane` grants tokens, numbered. */
  answerWith(answer: Answer | 'sane'): void
  /** The bodies of the token requests so far. */
  asked: URLSearchParams[]
  /** A new person, connected there, whose token is over by the clock here. */
  staleAtOdd(name: string): Promise<Granted>
}

/** Starts one; `settings` are the odd connection's, its address among them if it is elsewhere. */
export async function startOddStage(settings: object = {}, otherHosts: string[] = []): Promise<OddStage> {
  const asked: URLSearchParams[] = []
  let issued = 0
  let answer: Answer | 'sane' = 'sane'
  const sane: Answer = (_, response) => {
    issued++
    json(200, {
      access_token: `access-${issued}`,
      refresh_token: `refresh-${issued}`,
      token_type: 'bearer',
      expires_in: 300,
    })(_, response)
  }
  const provider: Loopback = await loopbackHttp((request, response, body) => {
    if (request.url !== '/token') return json(200, { things: [] })(request, response)
    asked.push(new URLSearchParams(body))
    return (answer === 'sane' ? sane : answer)(request, response)
  })
  const stage = await startRefreshStage({ otherHosts: [provider.host, ...otherHosts] })
  const client = { client_id: 'behalf', client_secret: 'a-secret-of-the-odd-client' }
  const url = `http://${provider.host}`
  const odd = await addParent(stage, { name: 'Odd', connector: 'things', settings: { url, ...settings }, ...client })
  const { stop } = stage
  return Object.assign(stage, {
    odd,
    asked,
    answerWith(next: Answer | 'sane') {
      answer = next
    },
    async staleAtOdd(name: string): Promise<Granted> {
      const person = await stage.addPerson(name)
      const account = name.toLowerCase()
      const response = { access_token: `access-of-${account}`, refresh_token: `refresh-of-${account}`, expires_in: -1 }
      const connectionId = await connectDirectly(stage.ctx, { parentId: odd, person: person.person, account, response })
      const whose = { parentId: odd, personId: person.person.id, recipe: null }
      return { person, account, connectionId, whose }
    },
    async stop() {
      await stop()
      await provider[Symbol.asyncDispose]()
    },
  })
}

/** Answers with JSON. */
export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
