import { Pool } from 'undici'

/** What one round measured: latencies in milliseconds, ascending. */
export interface Round {
  seconds: number
  latencies: number[]
}

export interface Figures {
  perSecond: number
  p50: number
  p95: number
  p99: number
}

/** Keeps `concurrency` calls of `once` under way for `seconds`; each begins when the one before it has ended. */
export async function runRound(concurrency: number, seconds: number, once: () => Promise<unknown>): Promise<Round> {
  const latencies: number[] = []
  const begun = performance.now()
  const end = begun + seconds * 1000
  const keepCalling = async (): Promise<void> => {
    while (performance.now() < end) {
      const start = performance.now()
      await once()
      latencies.push(performance.now() - start)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, keepCalling))
  return { seconds: (performance.now() - begun) / 1000, latencies: latencies.sort((a, b) => a - b) }
}

export function figuresOf({ seconds, latencies }: Round): Figures {
  const at = (share: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0
  return { perSecond: latencies.length / seconds, p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}

/** The median of each figure over several rounds. */
export function medianOf(rounds: Figures[]): Figures {
  const median = (read: (figures: Figures) => number): number =>
    rounds.map(read).sort((a, b) => a - b)[rounds.length >> 1] ?? 0
  return {
    perSecond: median(({ perSecond }) => perSecond),
    p50: median(({ p50 }) => p50),
    p95: median(({ p95 }) => p95),
    p99: median(({ p99 }) => p99),
  }
}

/** Posts JSON on connections that are kept; throws when the answer is not 2xx. `close()` ends the connections. */
export function makePoster(url: URL, headers: Record<string, string> = {}) {
  const pool = new Pool(url.origin, { connections: 100, pipelining: 1 })
  const post = async (json: unknown): Promise<unknown> => {
    const { statusCode, body } = await pool.request({
      path: url.pathname,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(json),
    })
    const text = await body.text()
    if (statusCode >= 300) throw new Error(`${url.origin} answered with ${statusCode}: ${text}`)
    return JSON.parse(text)
  }
  return { post, close: () => pool.close() }
}
