import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query'
import type { Total } from '../contract.ts'
import { type Page, queryString, request } from './request.ts'

type Filter = Record<string, string | undefined>

/**
 * A list that grows by "Show more". `path` and `filter` name it in the cache; a changed filter starts anew, keeping the old rows in sight.
 * One with `changing` is live: read again every two seconds while a row says that it will change, and every ten otherwise.
 */
export function usePages<T>(path: string, filter: Filter = {}, changing?: (row: T) => boolean) {
  const options = pagesOf<T>(path, filter)
  const refetchInterval = ({ state }: { state: { data?: { pages: Page<T>[] } | undefined } }) => {
    if (changing === undefined) return false
    return state.data?.pages.some(({ data }) => data.some(changing)) ? 2_000 : 10_000
  }
  return useInfiniteQuery({ ...options, refetchInterval, select: ({ pages }) => pages.flatMap((page) => page.data) })
}

/** The same of a list that says with its first page how many there are. */
export function useCountedPages<T>(path: string, filter: Filter = {}) {
  const options = pagesOf<T>(path, filter)
  const select = ({ pages }: { pages: CountedPage<T>[] }) => ({
    rows: pages.flatMap((page) => page.data),
    total: pages[0]?.total ?? null,
  })
  return useInfiniteQuery({ ...options, select })
}

type CountedPage<T> = Page<T> & { total?: Total | null }

function pagesOf<T>(path: string, filter: Filter) {
  return infiniteQueryOptions({
    queryKey: [...path.split('/').filter(Boolean), 'pages', filter],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => request<CountedPage<T>>('GET', path + queryString({ ...filter, before: pageParam })),
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: (before) => before,
  })
}

/** What "Show more" of a table needs to know of its query. */
export function moreOf(query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown }) {
  return { has: query.hasNextPage, busy: query.isFetchingNextPage, load: () => void query.fetchNextPage() }
}
