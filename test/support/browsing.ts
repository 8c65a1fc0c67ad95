import { type Browser, chromium, type Locator, type Page } from 'playwright-core'
import { CHROMIUM } from './chromium.ts'

/** A browser of one's own; it speaks to nobody but the pages it opens. */
export const launchChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-background-networking'] })

/** The first such button that can be seen. */
export const button = (place: Page | Locator, name: string | RegExp): Locator =>
  place.getByRole('button', { name }).filter({ visible: true }).first()

/** Where these words first stand to be seen. */
export const text = (place: Page | Locator, words: string | RegExp): Locator =>
  place.getByText(words).filter({ visible: true }).first()
