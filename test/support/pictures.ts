import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

// `UPDATE_IMAGES=1 npx vitest run --project browser` renews the pictures of the documentation; a folder in the place of 1 takes them all.
const { UPDATE_IMAGES } = process.env
const FOLDER = UPDATE_IMAGES === '1' ? join(import.meta.dirname, '../../docs/images') : UPDATE_IMAGES

/** A page being looked at: what it complained of so far. */
export interface Watched {
  page: Page
  complaints: string[]
}

/** Notes what the browser complains of: errors of scripts, and what the content security policy refused. */
export function watch(page: Page): Watched {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`)
  })
  return { page, complaints }
}

/** Takes a picture of the page as it is, after looking whether anything is wrong with it that a person would see. */
export function picture(watched: Watched, name: string): Promise<void> {
  return take(watched, name, { keep: true, fullPage: false })
}

async function take(
  { page, complaints }: Watched,
  name: string,
  { keep, fullPage }: { keep: boolean; fullPage: boolean },
): Promise<void> {
  await page.waitForLoadState('networkidle', { timeout: 3000 }).catch(() => {
    // The chat's event stream never idles.
  })
  // What is still loading would be a picture of grey bars.
  await page.waitForFunction(() => document.querySelector('.mantine-Skeleton-root, .mantine-Loader-root') === null)
  const path = keep && FOLDER && { path: join(FOLDER, `${name}.png`) }
  await page.screenshot({ ...path, fullPage, animations: 'disabled' })
  const { scrollWidth, clientWidth } = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    return { scrollWidth, clientWidth }
  })
  expect(scrollWidth, `${name} is wider than its window`).toBeLessThanOrEqual(clientWidth)
  expect(await page.locator('h1').count(), `${name} has no heading`).toBeGreaterThan(0)
  expect(complaints, name).toEqual([])
}

/** The same on a wide screen and a telephone, in light and dark. For the documentation none is kept. */
export async function pictureInEveryLook(watched: Watched, name: string): Promise<void> {
  const { page } = watched
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 840 })
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme })
      await take(watched, `${name}-${colorScheme}-${width}`, { keep: UPDATE_IMAGES !== '1', fullPage: true })
    }
  }
}
