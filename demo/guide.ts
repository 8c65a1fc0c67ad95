import { realpathSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Town } from './town/start-town.ts'

interface Guide {
  town: Town
  doorstep: string
  /** Microsoft's playground. */
  teams: string
  /** Where everything is kept. */
  folder: string
}

const styled = (code: number) => (text: string) => (process.stdout.isTTY ? `\x1b[${code}m${text}\x1b[0m` : text)
const bold = styled(1)
const soft = styled(2)

/** Says where to look, and what to try first. */
export function printGuide({ town, doorstep, teams, folder }: Guide): void {
  const lines = [
    '',
    bold('Behalf is running, with a small emulated town around it.'),
    ...(town.takenPorts.length > 0
      ? [soft(`Taken by another program, so that neighbours were chosen: ${portsOf(town)}.`)]
      : []),
    '',
    `  ${bold('Be somebody')}   ${doorstep}   ${soft('one click signs you in as Alice, Bob or Dana')}`,
    `  Behalf        ${town.behalf.url}`,
    `  Acme CRM      ${town.crm.url}   ${soft('an emulated Salesforce')}`,
    `  GitHub        ${town.github.url}/repos/acme/website/issues   ${soft('emulated, its API only')}`,
    `  Slack         ${town.slack.url}/client   ${soft('emulated, with Behalf’s app in it')}`,
    `  Teams         ${teams}   ${soft('Microsoft’s own playground for bots: you are Alice there')}`,
    '',
    bold('Try this'),
    `  1. Open ${doorstep} and be Alice.`,
    `  2. Say   ${bold('create opportunity name: Acme renewal amount: 5000')}`,
    '  3. Connect Salesforce: continue as Alice Ng, allow, go back. The job has gone on by itself.',
    `  4. Look at ${town.crm.url}: the opportunity is hers, though the connection was set up by Bob.`,
    '',
    bold('Then'),
    `  Say   ${bold('triage bug')}   which needs two applications, and asks for both on one page.`,
    '  Be Bob: he is asked for himself. Be Dana: under Recipes is the switch, under Tools every connection of the others.',
    `  Say the same in Slack, to Behalf or in a channel (${bold('@Behalf help')}, ${bold('/behalf connections')}), or in Teams: you are the same person there.`,
    '  Links that come in Slack or Teams are for the person they came to: be that person in the browser that opens them.',
    '',
    soft(
      `Everything is kept in ${shortOf(folder)}${databaseElsewhere(folder)}; remove that to begin anew. Ctrl-C stops the town.`,
    ),
    '',
  ]
  console.log(lines.join('\n'))
}

const portsOf = ({ takenPorts }: Town): string => `port ${new Intl.ListFormat('en').format(takenPorts.map(String))}`

const shortOf = (folder: string): string => {
  const short = relative(process.cwd(), folder)
  return short.startsWith('..') || short === '' ? folder : `./${short}`
}

// As root the database cannot lie in the checkout: PostgreSQL's own user could not reach it there.
function databaseElsewhere(folder: string): string {
  const home = realpathSync(join(folder, 'behalf/postgres'))
  return home.startsWith(realpathSync(folder)) ? '' : ` and ${home}`
}
