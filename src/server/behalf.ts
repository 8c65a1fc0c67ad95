import { createInterface } from 'node:readline/promises'
import { UserError } from '#core/errors.ts'
import { readConfiguration } from './configuration.ts'
import { keysCommand } from './keys-command.ts'
import { recipesCommand } from './recipes-command.ts'

const HELP = `npm run behalf -- <command>

  keys status            which sealing keys are at hand, and which one the database is sealed with
  keys rotate            goes to a new sealing key while servers run
  keys forget-lost-key   starts anew when the sealing key is lost for good; asks before (--yes: does not)

  recipes pull <folder> --project <name> --environment <DEV, TEST or PROD> [--overwrite]
                         writes the project's recipes into a folder, a file each
  recipes push <folder> [file …] --project <name> --environment <…> [--dry-run] [--comment <text>]
                         makes and updates recipes from a folder's files, all or none; --dry-run says what it would do
  recipes validate <folder> [--project <name> --environment <…>]
                         checks files by themselves, or against all that a server knows

recipes asks the server at BEHALF_URL with the key in BEHALF_API_KEY: docs/recipes-in-git.md says more.
For keys, the settings are those of npm start. docs/keys.md says more.`

/** `npm run behalf`: what whoever runs the server does from its command line. */
async function main(args: string[]): Promise<number> {
  const [topic, command, ...rest] = args
  if (topic === 'recipes') {
    const code = await recipesCommand(args.slice(1), { environment: process.env, print: console.log })
    if (code === 2) console.log(HELP)
    return code
  }
  if (topic !== 'keys' || command === undefined) {
    console.log(HELP)
    return topic === undefined || topic === 'help' || topic === '--help' ? 0 : 2
  }
  const confirm = rest.includes('--yes') ? async () => true : ask
  const done = await keysCommand(readConfiguration(process.env), command, { print: console.log, confirm })
  if (done) return 0
  console.log(HELP)
  return 2
}

async function ask(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const answer = await terminal.question(`${question} Type yes to go on: `)
  terminal.close()
  return answer.trim() === 'yes'
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof UserError ? error.message : error)
    process.exit(1)
  },
)
