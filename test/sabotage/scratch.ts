import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ROOT } from '../support/sources.ts'

export interface Scratch {
  folder: string
  copies: string[]
}

/** Copies of the checkout as it is now, uncommitted work included, all in one folder for temporary files. They share its node_modules. */
export async function makeScratch(count: number): Promise<Scratch> {
  const folder = await mkdtemp(join(tmpdir(), 'behalf-sabotage-'))
  // Servers that tests start as another user pass through it.
  await chmod(folder, 0o711)
  const copies = Array.from({ length: count }, (_, index) => join(folder, `copy-${index}`))
  for (const copy of copies) await copyCheckout(copy)
  return { folder, copies }
}

async function copyCheckout(copy: string): Promise<void> {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT })
  // A file removed but not yet committed is still listed.
  const files = listed
    .toString()
    .split('\0')
    .filter((file) => file && existsSync(join(ROOT, file)))
  for (const file of files) {
    await mkdir(dirname(join(copy, file)), { recursive: true })
    await cp(join(ROOT, file), join(copy, file))
  }
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  const built = join(ROOT, 'console/dist')
  if (existsSync(built)) await cp(built, join(copy, 'console/dist'), { recursive: true })
}
