import { useInfiniteQuery } from '@tanstack/react-query'
import { type Page, queryString, request } from './request.ts'

/** A list that grows by "Show more". `path` and `filter` name it in the cache; a changed filter starts anew, keeping the old rows in sight. */
export function usePages<T>(path: string, filter: Record<string, string | undefined> = {}) {
  return useInfiniteQuery({
    queryKey: [...path.split('/').filter(Boolean), 'pages', filter],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => request<Page<T>>('GET', path + queryString({ ...filter, before: pageParam })),
    getNextPageParam: (page) => page.next ?? undefined,
    select: ({ pages }) => pages.flatMap((page) => page.data),
    placeholderData: (before) => before,
  })
}
