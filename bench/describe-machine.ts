import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'

/** When, of which commit and on what something was measured: the first lines of a part of RESULTS.md. `sharedBy` says what ran there. */
export function describeMachine(sharedBy: string): string[] {
  const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim()
  const changed = git('status', '--porcelain', 'src') === '' ? '' : ', with changes not committed'
  return [
    `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, commit ${git('rev-parse', '--short', 'HEAD')}${changed}`,
    `${cpus().length} cores (${cpus()[0]?.model.trim()}), shared by ${sharedBy}; Node ${process.versions.node}`,
  ]
}
