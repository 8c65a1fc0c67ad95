import { denyOpening as deny, typeCode as type } from '#asking/type-code.ts'
import type { Actor } from '#people/actor.ts'
import type { CommandsContext } from '../context.ts'
import { requirePerson } from '../identify.ts'

/** A person typed, in their own private chat, the code that a browser shows them: it is theirs for that visit. */
export const typeCode = (ctx: CommandsContext, actor: Actor, code: string): ReturnType<typeof type> =>
  type(ctx, requirePerson(actor).person, code)

/** A person says that they opened no connect link: those that were opened are burnt, and administrators are told at once. */
export const denyOpening = (ctx: CommandsContext, actor: Actor): ReturnType<typeof deny> =>
  deny(ctx, requirePerson(actor).person)
