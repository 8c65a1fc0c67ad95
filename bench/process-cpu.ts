import { readdir, readFile } from 'node:fs/promises'

/** Linux counts CPU time in hundredths of a second, whatever the machine. */
const MS_PER_TICK = 10

/**
 * CPU time in milliseconds of a process and of all below it, ended ones included. Null where the system does not tell (only Linux's
 * `/proc` does).
 */
export async function cpuOfTree(pid: number): Promise<number | null> {
  const stats = await readStats()
  const sumBelow = (parent: number): number =>
    stats.reduce((sum, stat) => (stat?.parent === parent ? sum + stat.ticks + sumBelow(stat.pid) : sum), 0)
  const own = stats.find((stat) => stat?.pid === pid)
  return own ? (own.ticks + sumBelow(pid)) * MS_PER_TICK : null
}

/**
 * Memory in bytes of a process and of all below it; what several share counts once, divided among them. Null where the system does not tell.
 */
export async function memoryOfTree(pid: number): Promise<number | null> {
  const stats = await readStats()
  const below = (parent: number): number[] => [
    parent,
    ...stats.flatMap((stat) => (stat?.parent === parent ? below(stat.pid) : [])),
  ]
  const kilobytes = await Promise.all(
    below(pid).map(async (each) => {
      const text = await readFile(`/proc/${each}/smaps_rollup`, 'utf8').catch(() => '')
      return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? Number.NaN)
    }),
  )
  const sum = kilobytes.reduce((all, each) => all + each, 0)
  return Number.isNaN(sum) ? null : sum * 1024
}

async function readStats() {
  const pids = await readdir('/proc').catch(() => [])
  return Promise.all(pids.filter((name) => /^\d+$/.test(name)).map(readStat))
}

/** CPU time in milliseconds that the whole machine has spent, on all cores; null where the system does not tell. */
export async function cpuOfMachine(): Promise<number | null> {
  const text = await readFile('/proc/stat', 'utf8').catch(() => '')
  const [, user, nice, system, , , irq, softIrq] = text.split('\n')[0]?.split(/\s+/).map(Number) ?? []
  if (user === undefined) return null
  return (user + (nice ?? 0) + (system ?? 0) + (irq ?? 0) + (softIrq ?? 0)) * MS_PER_TICK
}

/** `man 5 proc`: the fields behind the name, which stands in brackets and may hold anything. Ended children count with their parent. */
async function readStat(name: string) {
  const text = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
  if (text === '') return undefined
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const [, parent = 0] = fields
  return { pid: Number(name), parent, ticks: fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0) }
}
