import type { z } from 'zod'
import type { ChatMessage } from '#api/contract.ts'
import type { Page } from '../../test/support/browser.ts'
import { until } from '../../test/support/until.ts'
import { type BehalfSession, signIn } from '../town/behalf-session.ts'
import type { Townsperson } from '../town/people.ts'
import type { Story } from './story.ts'

type ChatLine = z.infer<typeof ChatMessage>

/** A person of the story with a browser of their own, who speaks with Behalf in its chat. */
export interface Actor extends BehalfSession, Townsperson {
  /** Types one line into the chat. */
  says(line: string): Promise<void>
  /** What Behalf says next to them: an answer or a request to connect, whichever comes first. */
  hears(): Promise<ChatLine>
  /** Opens the link of a request to connect. */
  opens(ask: ChatLine): Promise<Page>
  /** Presses Connect on the connect page, and what there is to press at the application. Ends where that leads. */
  connects(page: Page, application: 'Salesforce' | 'GitHub'): Promise<Page>
}

/** Signs somebody in, whose doings are told in `story`. */
export async function enter(story: Story, behalf: string, person: Townsperson): Promise<Actor> {
  const session = await signIn(behalf, person)
  const first = person.name.split(' ')[0]!
  const heard = new Set<string>()
  return {
    ...person,
    ...session,
    async says(line) {
      story.tells(first, `says: ${line}`)
      await session.api('POST', '/chat/messages', { text: line })
    },
    async hears() {
      const line = await until(() => nextUnheard(session, heard), 30_000)
      const links = line.links.map(({ label }) => ` [${label}]`).join('')
      story.tells('Behalf', `to ${first}: ${line.text}${links}`)
      return line
    },
    opens: (ask) => session.browser.open(ask.links[0]!.url),
    async connects(page, application) {
      story.tells(first, `connects ${application}, as ${person.name} there`)
      return atApplication(await page.click(`Connect ${application}`), person)
    },
  }
}

async function nextUnheard({ api }: BehalfSession, heard: Set<string>): Promise<ChatLine | undefined> {
  const lines = await api<ChatLine[]>('GET', '/chat/messages')
  const next = lines.find(({ id, from, kind }) => from === 'behalf' && kind !== 'notice' && !heard.has(id))
  if (next) heard.add(next.id)
  return next
}

/** Signs in where asked who one is, and allows where asked whether. */
async function atApplication(page: Page, { name, key }: Townsperson): Promise<Page> {
  const isAt = (label: string) => page.buttons.some((button) => button.label.includes(label))
  if (isAt('Continue as')) return (await page.click(`Continue as ${name}`)).click('Allow')
  return isAt('Allow') ? page.click('Allow') : page.click(key)
}
