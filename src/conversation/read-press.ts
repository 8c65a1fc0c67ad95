import { z } from 'zod'
import { UserError } from '#core/errors.ts'
import { type Id, type IdKind, isId } from '#core/ids.ts'
import type { Press } from '#surfaces/surface.ts'

const idOf = <K extends IdKind>(kind: K) => z.custom<Id<K>>((value) => typeof value === 'string' && isId(kind, value))

const Text = z.string().max(4000)

const PressText = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('say'), text: Text }),
  z.strictObject({ do: z.literal('run'), recipe: idOf('recipe'), given: z.record(z.string().max(60), Text) }),
  z.strictObject({ do: z.literal('choose'), job: idOf('job'), step: z.string().max(400), choice: Text }),
  z.strictObject({ do: z.literal('fill_in'), job: idOf('job'), step: z.string().max(400) }),
  z.strictObject({ do: z.literal('cancel'), job: idOf('job') }),
  z.strictObject({ do: z.literal('type_code') }),
  z.strictObject({ do: z.literal('connect'), parent: idOf('connection') }),
  z.strictObject({ do: z.literal('disconnect'), connection: idOf('connection') }),
  z.strictObject({ do: z.literal('delete'), connection: idOf('connection') }),
])

/** What came back with a button, as a client sent it. Throws `press_invalid` (422) for what no button of ours says. */
export function readPress(sent: unknown): Press {
  const read = PressText.safeParse(sent)
  if (read.success) return read.data
  throw new UserError('press_invalid', 'This button is not one of ours, or of an older version. Say it in words.', {
    status: 422,
  })
}
