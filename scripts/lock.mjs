import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** Does `work` while no other process of this machine does it under the same name; waits for the other, unless that one died. */
export async function withLock(file, work) {
  mkdirSync(dirname(file), { recursive: true })
  let told = false
  while (!take(file)) {
    if (!told) console.log(`Behalf: waiting for another start that is installing (process ${holder(file)})`)
    told = true
    await delay(200)
  }
  const release = () => rmSync(file, { force: true })
  process.once('exit', release)
  try {
    return await work()
  } finally {
    process.off('exit', release)
    release()
  }
}

/** Linked into place, so that whoever sees the file sees the process id in it. */
function take(file) {
  const own = `${file}.${process.pid}`
  writeFileSync(own, String(process.pid))
  try {
    linkSync(own, file)
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    removeDead(file)
    return false
  } finally {
    rmSync(own)
  }
}

function removeDead(file) {
  const pid = holder(file)
  if (!pid || isAlive(pid)) return
  // Of two that find it dead one moves it away; who moved away a live one's puts it back.
  const aside = `${file}.dead.${process.pid}`
  try {
    renameSync(file, aside)
    if (holder(aside) === pid) rmSync(aside)
    else renameSync(aside, file)
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
}

function holder(file) {
  try {
    return Number(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
