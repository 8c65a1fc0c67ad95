import { createServer } from 'node:net'

/** Which ports of 127.0.0.1; 0 is any. */
export interface Ports {
  behalf: number
  crm: number
  github: number
  /** The demonstration's own page. */
  doorstep: number
  slack: number
  teams: number
}

/** From this one up, in their order; from 0, any. */
export function portsFrom(first: number): Ports {
  const nth = (at: number) => (first === 0 ? 0 : first + at)
  return { behalf: nth(0), crm: nth(1), github: nth(2), doorstep: nth(3), slack: nth(4), teams: nth(5) }
}

/**
 * The wanted ports; for one that is taken the next free one above all of them. Nothing holds them: whoever is quicker may still
 * take one.
 */
export async function choosePorts(wanted: Ports): Promise<Ports> {
  const chosen: number[] = []
  let next = Math.max(...Object.values(wanted)) + 1
  const choose = async (port: number) => {
    let candidate = await findFree(port)
    while (candidate === null || chosen.includes(candidate)) candidate = await findFree(port === 0 ? 0 : next++)
    chosen.push(candidate)
    return candidate
  }
  return {
    behalf: await choose(wanted.behalf),
    crm: await choose(wanted.crm),
    github: await choose(wanted.github),
    doorstep: await choose(wanted.doorstep),
    slack: await choose(wanted.slack),
    teams: await choose(wanted.teams),
  }
}

/** The wanted ports that somebody else has. */
export function takenPorts(wanted: Ports, chosen: Ports): number[] {
  const got = Object.values(chosen)
  return Object.values(wanted).filter((port) => port !== 0 && !got.includes(port))
}

/** That port, or for 0 any; null when it is taken. */
function findFree(port: number): Promise<number | null> {
  const { promise, resolve } = Promise.withResolvers<number | null>()
  const probe = createServer()
  probe.once('error', () => resolve(null))
  probe.listen(port, '127.0.0.1', () => {
    const address = probe.address()
    probe.close(() => resolve(address && typeof address === 'object' ? address.port : null))
  })
  return promise
}
