// A server without its doors, in a process of its own: it uses grants as it is told, keeps them alive, and can be killed or paused.
import { flushCompileCache } from 'node:module'
import { keepAlive } from '../../src/connections/keep-alive.ts'
import { attemptRevocations } from '../../src/connections/revocations.ts'
import { openKeyRing } from '../../src/connections/sealing/key-ring.ts'
import { keysInEnvironment } from '../../src/connections/sealing/keys-in-environment.ts'
import type { Whose } from '../../src/connections/standing.ts'
import type { Connector } from '../../src/connectors/connector.ts'
import { openDatabase } from '../../src/database/database.ts'
import { askAboutLosses } from '../../src/jobs/ask-about-losses.ts'
import { wire } from '../../src/server/wire.ts'
import { things } from './things-connector.ts'
import { takeThings } from './use-grant.ts'

/** What the program is told, as JSON in its first argument. */
export interface Told {
  /** Sent as `x-sender` with every request, and the request's number: `crew-2/17`. */
  name: string
  connectionString: string
  sealingKey: string
  allowedPrivateHosts: string[]
  publicUrl: string
  tokenTimeoutMs: number
  /** Pauses between rounds of what a server does by itself; null: it does nothing by itself. */
  backgroundEveryMs: number | null
  /** Ends itself with SIGKILL as soon as a token response is there, before anything is done with it. */
  diesOfAnswer: boolean
}

/** Use this grant so many times, so many at once. */
export interface Order {
  id: number
  whose: Pick<Whose, 'parentId' | 'personId'>
  times: number
  atOnce: number
  /** To the application with each use. */
  requests: 0 | 1
}

/** How often it ended how: `done`, `expired`, `outside_timeout`. */
export interface Report {
  id: number
  ends: Record<string, number>
}

/** A request, by its `x-sender`, whose answer was lost, or was given up because it was late. */
export interface Unanswered {
  unanswered: string
}

const told = JSON.parse(process.argv[2] ?? '') as Told
const log = { debug() {}, info() {}, warn() {}, error: console.error }
const database = openDatabase({ connectionString: told.connectionString, maxConnections: 10, log })
const { ctx } = await wire({
  database,
  log,
  keys: await openKeyRing(database.db, keysInEnvironment({ current: told.sealingKey, former: '' })),
  publicUrl: new URL(told.publicUrl),
  allowedPrivateHosts: told.allowedPrivateHosts,
  askForMs: 86_400_000,
  tokenTimeoutMs: told.tokenTimeoutMs,
  retryDelaysMs: [50, 200],
  connectors: new Map([['things', things as unknown as Connector]]),
})

const { egress } = ctx
let requests = 0
ctx.egress = async (request) => {
  const sender = `${told.name}/${++requests}`
  const answer = await egress({ ...request, headers: { ...request.headers, 'x-sender': sender } }).catch((error) => {
    tell({ unanswered: sender })
    throw error
  })
  if (told.diesOfAnswer && request.url.pathname === '/token') {
    process.kill(process.pid, 'SIGKILL')
    // Nothing more is done until the signal is there.
    for (;;);
  }
  return answer
}

/** Whoever started us may be gone. */
function tell(what: Report | Unanswered | 'ready'): void {
  process.send?.(what, () => {})
}

async function carryOut({ id, whose, times, atOnce, requests }: Order): Promise<void> {
  const ends: Report['ends'] = {}
  let left = times
  const oneAfterAnother = async (): Promise<void> => {
    while (left-- > 0) {
      const end = await takeThings(ctx, { ...whose, recipe: null }, requests)
      ends[end] = (ends[end] ?? 0) + 1
    }
  }
  await Promise.all(Array.from({ length: atOnce }, oneAfterAnother))
  tell({ id, ends })
}

async function doByItself(everyMs: number): Promise<never> {
  for (;;) {
    for (const work of [keepAlive, askAboutLosses, attemptRevocations])
      await (work as (c: typeof ctx) => Promise<unknown>)(ctx).catch((error) => console.error(told.name, error))
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}

process.on('message', (order: Order) => void carryOut(order))
process.on('disconnect', () => process.exit(0))
if (told.backgroundEveryMs !== null) void doByItself(told.backgroundEveryMs)
flushCompileCache()
tell('ready')
