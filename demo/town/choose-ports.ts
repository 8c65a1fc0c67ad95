import { createServer } from 'node:net'

/** Which ports of 127.0.0.1; 0 is any. */
export interface Ports {
  behalf: number
  crm: number
  github: number
  /** The demonstration's own page. */
  doorstep: number
}

/**
 * The wanted ports; for one that is taken the next free one above all of them. Nothing holds them: whoever is quicker may still
 * take one.
 */
export async function choosePorts({ behalf, crm, github, doorstep }: Ports): Promise<Ports> {
  const chosen: number[] = []
  let next = Math.max(behalf, crm, github, doorstep) + 1
  const choose = async (port: number) => {
    let candidate = await findFree(port)
    while (candidate === null || chosen.includes(candidate)) candidate = await findFree(port === 0 ? 0 : next++)
    chosen.push(candidate)
    return candidate
  }
  return {
    behalf: await choose(behalf),
    crm: await choose(crm),
    github: await choose(github),
    doorstep: await choose(doorstep),
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
