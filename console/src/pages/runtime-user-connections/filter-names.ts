/** What the list of runtime user connections is narrowed down and sorted by; as the API names it, and kept in the address. */
export const FILTER_NAMES = [
  'q',
  'status',
  'connector',
  'parent_id',
  'project_id',
  'person_id',
  'person_kind',
  'environment',
  'surface',
  'revocation',
  'created_after',
  'created_before',
  'used_after',
  'used_before',
  'sort',
  'order',
] as const

export type FilterName = (typeof FILTER_NAMES)[number]
export type Filter = { [name in FilterName]?: string }
