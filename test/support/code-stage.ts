import type { TestPerson } from './behalf.ts'
import { type Browser, openBrowser, type Page } from './browser.ts'
import { until } from './until.ts'

/** The code a page shows to a browser that is not signed in; throws when it shows none. */
export function codeOn(page: Page): string {
  const code = /code ([2-9A-HJ-NP-Z]{6})\b/.exec(page.text())?.[1]
  if (!code) throw new Error(`there is no code on ${page.url}: ${page.text()}`)
  return code
}

/** Opens a link in a new browser that nobody is signed in with: the browser, and the code it shows. */
export async function openUnsigned(
  link: string,
  browser: Browser = openBrowser(),
): Promise<{ browser: Browser; code: string }> {
  return { browser, code: codeOn(await browser.open(link)) }
}

/** Says a line in the chat, and gives the answer. */
export async function say(person: TestPerson, line: string): Promise<string> {
  await person.say(line)
  return (await person.chat()).findLast(({ kind }) => kind === 'reply')?.text ?? ''
}

/** What Behalf told a person unasked, the oldest first, once there are so many. */
export function notices(person: TestPerson, atLeast = 0): Promise<string[]> {
  return until(async () => {
    const told = (await person.chat()).filter(({ kind }) => kind === 'notice').map(({ text }) => text)
    return told.length >= atLeast ? told : undefined
  })
}

/** Waits until Behalf has told a person this unasked. */
export async function expectTold(person: TestPerson, words: string): Promise<void> {
  await until(async () => (await notices(person)).some((text) => text.includes(words)))
}

/** A code that is not this one, but could be. */
export const otherCode = (code: string): string => (code.startsWith('A') ? 'B' : 'A') + code.slice(1)
