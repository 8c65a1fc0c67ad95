import type { JSONWebKeySet } from 'jose'
import type { CommandsContext } from '#commands/context.ts'
import type { SurfaceProfile } from '#commands/surfaces/who-speaks.ts'
import type { Secret } from '#core/secret.ts'

/** Something asked for at Microsoft, until when it is believed. */
export interface Kept<T> {
  value: T
  /** In milliseconds. */
  until: number
}

/** What one process remembers of Microsoft. All of it can be asked for again. */
interface Memory {
  /** The bot's own tokens, by app and its version. */
  tokens: Map<string, Kept<Secret>>
  /** Published keys, by where they are named, and when they were read. */
  keys: Map<string, { keys: JSONWebKeySet; readAt: number }>
  /** Who people are, by app and account. */
  profiles: Map<string, Kept<SurfaceProfile>>
}

const memories = new WeakMap<CommandsContext['egress'], Memory>()

/** That of this server. */
export function memoryOf({ egress }: Pick<CommandsContext, 'egress'>): Memory {
  const known = memories.get(egress) ?? { tokens: new Map(), keys: new Map(), profiles: new Map() }
  memories.set(egress, known)
  return known
}
