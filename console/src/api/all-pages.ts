import { type Page, request } from './request.ts'

/** Every row of a list, page after page; `path` has a query already. */
export async function allPages<T>(path: string): Promise<T[]> {
  const rows: T[] = []
  let before = ''
  for (;;) {
    const page = await request<Page<T>>('GET', path + before)
    rows.push(...page.data)
    if (!page.next) return rows
    before = `&before=${encodeURIComponent(page.next)}`
  }
}
