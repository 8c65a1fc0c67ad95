import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { UserError } from '#core/errors.ts'
import { pullRecipes } from './pull-recipes.ts'
import { checkFiles, pushRecipes, readFiles, validateRecipes } from './push-recipes.ts'
import { type Client, findClient } from './recipes-client.ts'

/** Where the recipes are, and what is said while they come and go. */
export interface Run {
  client: Client
  folder: string
  place: { project_id: string; environment: string }
  print(line: string): void
}

const Environment = z.enum(['DEV', 'TEST', 'PROD'])

/**
 * `recipes pull | push | validate <folder>`, by the HTTP API with the key of `environment`. Answers with the exit code: 0 when all is well,
 * 1 when something is not, which was printed, 2 for words that are none of the command's.
 */
export async function recipesCommand(
  args: string[],
  { environment, print }: { environment: NodeJS.ProcessEnv; print: (line: string) => void },
): Promise<0 | 1 | 2> {
  const words = readWords(args)
  if (words === undefined) return 2
  try {
    return (await run(words, environment, print)) ? 0 : 1
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    print(`${error.message} (${error.code})`)
    return 1
  }
}

type Words = NonNullable<ReturnType<typeof readWords>>

function readWords(args: string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  try {
    const options = { project: text, environment: text, comment: text, overwrite: flag, 'dry-run': flag }
    const { positionals, values } = parseArgs({ args, allowPositionals: true, options })
    const [command = '', folder = '', ...more] = positionals
    const hasPlace = values.project !== undefined && Environment.safeParse(values.environment).success
    const isOffline = command === 'validate' && values.project === undefined && values.environment === undefined
    if (!['pull', 'push', 'validate'].includes(command) || folder === '' || !(hasPlace || isOffline)) return undefined
    // why: only a push can do a part of a folder: a function is pushed and started before what calls it.
    if (more.length > 0 && command !== 'push') return undefined
    return { command, folder, ...values, only: more.map((file) => basename(file)), isOffline }
  } catch {
    return undefined
  }
}

async function run(words: Words, environment: NodeJS.ProcessEnv, print: (line: string) => void): Promise<boolean> {
  if (words.isOffline) return checkFiles(await readFiles(words.folder), print)
  const client = findClient(environment)
  if (client === undefined) throw new UserError('client_not_set', 'Set BEHALF_URL and BEHALF_API_KEY.')
  const place = { project_id: await findProject(client, words.project ?? ''), environment: words.environment ?? '' }
  const on: Run = { client, folder: words.folder, place, print }
  if (words.command === 'pull') return pullRecipes(on, { overwrite: words.overwrite })
  if (words.command === 'validate') return validateRecipes(on)
  return pushRecipes(on, { dryRun: words['dry-run'], comment: words.comment, only: words.only })
}

async function findProject(client: Client, wanted: string): Promise<string> {
  const { data } = await client.get<{ data: { id: string; name: string }[] }>('/projects')
  const found = data.find(({ id, name }) => id === wanted || name === wanted)
  if (found) return found.id
  throw new UserError(
    'project_not_found',
    `There is no project “${wanted}”: ${data.map(({ name }) => name).join(', ')}.`,
  )
}
