import { openBrowser } from '../../test/support/browser.ts'
import type { Townsperson } from '../town/people.ts'
import type { Town } from '../town/start-town.ts'

/** Looks at the applications themselves, by their own pages and API: what Behalf says of itself proves nothing. */
export interface Witness {
  /** Who owns this opportunity at the CRM; null when there is none. */
  opportunityOwner(name: string): Promise<string | null>
  /** The same of a case. */
  caseOwner(subject: string): Promise<string | null>
  /** How many times this person lets Behalf act for them at the CRM: their page of connected apps. */
  grantsOf(person: Townsperson): Promise<number>
  /** Who opened this issue at GitHub; null when there is none. */
  issueAuthor(title: string): Promise<string | null>
}

/** A witness who is at the CRM as its administrator, who sees everything. */
export async function callWitness({ crm, github }: Pick<Town, 'crm' | 'github'>): Promise<Witness> {
  const carol = openBrowser()
  await (await carol.open(crm.url)).click('Continue as Carol Diaz')
  const owner = async (path: string, title: string) => ownerIn((await carol.open(crm.url + path)).html, title)
  return {
    opportunityOwner: (name) => owner('/', name),
    caseOwner: (subject) => owner('/cases', subject),
    async grantsOf({ name }) {
      const apps = await (await openBrowser().open(`${crm.url}/apps`)).click(`Continue as ${name}`)
      return apps.buttons.filter(({ label }) => label === 'Revoke').length
    },
    async issueAuthor(title) {
      const response = await fetch(`${github.url}/repos/acme/website/issues?state=all&per_page=100`)
      if (!response.ok) throw new Error(`GitHub does not show its issues: ${response.status}`)
      const issues = (await response.json()) as { title: string; user: { login: string } }[]
      return issues.find((issue) => issue.title === title)?.user.login ?? null
    },
  }
}

/** The owner in the row of a table that begins with this title. */
function ownerIn(page: string, title: string): string | null {
  const row = page.split('<tr').find((each) => each.includes(`<strong>${title}</strong>`))
  return row ? (/class="person-cell">.*?<\/span>([^<]+)</s.exec(row)?.[1]?.trim() ?? null) : null
}
