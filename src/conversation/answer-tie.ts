import { denyOpening, typeCode } from '#commands/connections/tie-browser.ts'
import type { CommandsContext } from '#commands/context.ts'
import type { Message } from '#surfaces/surface.ts'
import type { Said } from './converse.ts'
import { plainMessage } from './plain-message.ts'

/**
 * Answers `code ABC234`, which a page shows to a browser that is not signed in, and `not me`, from whoever opened no such page; undefined
 * for every other line. Case, spaces and what a copied line brings along do not count. `waits` is false when nothing asked for it.
 */
export async function answerTie(
  ctx: CommandsContext,
  { actor, text }: Pick<Said, 'actor' | 'text'>,
): Promise<{ waits: boolean; message: Message } | undefined> {
  const line = text
    .replace(/[`"'“”‘’.:/-]/g, ' ')
    .trim()
    .replace(/\s+/g, ' ')
  if (/^not me$/i.test(line)) return notMe(ctx, actor)
  const code = /^code (.+)$/i.exec(line)?.[1]
  return code === undefined ? undefined : readCode(ctx, actor, code.replaceAll(' ', '').toUpperCase())
}

async function readCode(ctx: CommandsContext, actor: Said['actor'], code: string) {
  const typed = await typeCode(ctx, actor, code)
  switch (typed.kind) {
    case 'tied':
      return answer('That browser goes on now: look at its page.', 'success')
    case 'nothing_waits':
      return {
        ...answer('No page of yours waits for a code. If somebody sent you a link that asked for one, do not use it.'),
        waits: false,
      }
    case 'unreadable':
      return answer('A code has six characters, without 0, 1, I and O. Look at the page again.', 'failure')
    case 'too_many':
      return answer(`Too many codes. Wait ${Math.ceil(typed.retryAfterSeconds / 60)} minutes.`, 'failure')
    case 'wrong':
      return answer(`That is not the code of your page, so its link was given up. ${goOn(typed.paused)}`, 'failure')
  }
}

async function notMe(ctx: CommandsContext, actor: Said['actor']) {
  const denied = await denyOpening(ctx, actor)
  if (denied.kind === 'nothing_waits')
    return {
      ...answer(
        'No link of yours is open in another browser, so there is nothing to give up. Say “connections” to see what is connected.',
      ),
      waits: false,
    }
  return answer(
    `Thank you. The link was given up, nothing was connected by it, and your administrators have been told. ${goOn(denied.paused)}`,
  )
}

function goOn(paused: boolean): string {
  const waits = 'What you ran still waits.'
  return paused
    ? `${waits} It was the third in a day, so you are sent no links for 24 hours: connect under My connections, where you are signed in, or ask an administrator.`
    : `${waits} Open the link once more to be sent a fresh one, or connect under My connections, where you are signed in.`
}

const answer = (text: string, tone: Message['tone'] = 'neutral') => ({ waits: true, message: plainMessage(text, tone) })
