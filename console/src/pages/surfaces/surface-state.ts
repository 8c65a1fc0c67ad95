import type { Surface } from '../../contract.ts'

export type SurfaceState = 'not_set_up' | 'incomplete' | 'not_installed' | 'installed'

/** How far a surface is set up, by what the server says of it. */
export function surfaceState({ is_set_up, fields, installations }: Surface): SurfaceState {
  if (!is_set_up) return 'not_set_up'
  const isMissing = ({ required, secret, kept, value }: Surface['fields'][number]): boolean =>
    required && (secret ? !kept : !value)
  if (fields.some(isMissing)) return 'incomplete'
  return installations.some(({ removed_at }) => removed_at === null) ? 'installed' : 'not_installed'
}

/** Where it is installed now, by name. */
export const installedIn = ({ installations }: Surface): string[] =>
  installations.filter(({ removed_at }) => removed_at === null).map(({ label }) => label)
