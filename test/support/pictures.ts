import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

// `UPDATE_IMAGES=1 npx vitest run --project browser` renews the pictures of the documentation.
const FOLDER = process.env.UPDATE_IMAGES === '1' ? join(import.meta.dirname, '../../docs/images') : undefined

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
export async function picture({ page, complaints }: Watched, name: string): Promise<void> {
  await page.waitForLoadState('networkidle', { timeout: 3000 }).catch(() => {
    // The chat's event stream never idles.
  })
  // What is still loading would be a picture of grey bars.
  await page.waitForFunction(() => document.querySelector('.mantine-Skeleton-root, .mantine-Loader-root') === null)
  const path = FOLDER && { path: join(FOLDER, `${name}.png`) }
  await page.screenshot({ ...path, animations: 'disabled' })
  const { scrollWidth, clientWidth } = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    return { scrollWidth, clientWidth }
  })
  expect(scrollWidth, `${name} is wider than its window`).toBeLessThanOrEqual(clientWidth)
  expect(await page.locator('h1').count(), `${name} has no heading`).toBeGreaterThan(0)
  expect(complaints, name).toEqual([])
}
