import { readdir, readFile } from 'node:fs/promises'

/** Linux counts CPU time in hundredths of a second, whatever the machine. */
const MS_PER_TICK = 10

/**
 * CPU time in milliseconds of a process and of all its children, ended ones included. Null where the system does not tell (only Linux's
 * `/proc` does).
 */
export async function cpuOfTree(pid: number): Promise<number | null> {
  const pids = await readdir('/proc').catch(() => [])
  const stats = await Promise.all(pids.filter((name) => /^\d+$/.test(name)).map(readStat))
  const own = stats.find((stat) => stat?.pid === pid)
  if (!own) return null
  const children = stats.filter((stat) => stat?.parent === pid)
  return [own, ...children].reduce((sum, stat) => sum + (stat?.ticks ?? 0), own.endedChildrenTicks) * MS_PER_TICK
}

/** `man 5 proc`: the fields behind the name, which stands in brackets and may hold anything. */
async function readStat(name: string) {
  const text = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
  if (text === '') return undefined
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const [, parent = 0] = fields
  const [userTicks = 0, systemTicks = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15)
  return { pid: Number(name), parent, ticks: userTicks + systemTicks, endedChildrenTicks: endedUser + endedSystem }
}
