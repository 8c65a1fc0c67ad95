import type { Browser, Page } from 'playwright-core'
import { cookieOf } from '../../src/commands/identify.ts'
import type { TestBehalf, TestPerson } from './behalf.ts'
import { type Watched, watch } from './pictures.ts'

/** A page in a browser profile of its own, signed in as this person. */
export async function pageAs(browser: Browser, { ctx, url }: TestBehalf, person: TestPerson): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 840 }, baseURL: url.href })
  const { name } = cookieOf(ctx)
  const value = person.browser.jar.get(url, name) ?? ''
  await context.addCookies([{ name, value, url: url.href }])
  const page: Page = await context.newPage()
  page.setDefaultTimeout(15_000)
  return watch(page)
}
