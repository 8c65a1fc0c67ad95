import { type Action, AdaptiveCard, ExecuteAction, ShowCardAction, SubmitAction } from '@microsoft/teams.cards'
import type { MessageButton, Press } from '../../surface.ts'
import { cut, LIMITS } from './limits.ts'
import { plain } from './plain.ts'

/** What comes back with a button. */
export interface Sent {
  press?: Press
  /** Of a pick list: by what was picked. */
  presses?: Record<string, Press>
  /** Whether it is a form: then its fields stand beside it, each under `field_` and its name. */
  form?: true
  /** Which list that is; left out: the list of a message's own things. */
  picked?: string
}

/** Before the names of a form's fields, so that none reads like something of ours. */
export const FIELD = 'field_'
/** What was picked of a list. */
export const PICK = 'pick'

/**
 * A button. Where something would be lost it opens the question first; one that asks for more opens a dialog where there are any, which the
 * playground does not have.
 */
export function pressAction(button: MessageButton, hasDialogs: boolean): Action {
  if (button.confirm === null) return execute(button, hasDialogs)
  const sure = new AdaptiveCard(plain(button.confirm)).withActions(execute(button, hasDialogs))
  return new ShowCardAction({ title: titleOf(button), card: sure })
}

/** What a form answers, or may. */
const ASKS_FOR_MORE: ReadonlySet<Press['do']> = new Set(['run', 'fill_in', 'type_code'])

function execute(button: MessageButton, hasDialogs: boolean): Action {
  const { press } = button
  const isForm = hasDialogs && ASKS_FOR_MORE.has(press.do)
  return isForm
    ? new SubmitAction({ ...looksOf(button), data: { press, msteams: { type: 'task/fetch' } } })
    : sendAction(button, { press })
}

/** A button that sends what it carries with all that is filled in. */
export function sendAction(button: Pick<MessageButton, 'label' | 'style'>, sent: Sent): ExecuteAction {
  return new ExecuteAction({ ...looksOf(button), verb: 'press', data: { ...sent } })
}

const titleOf = ({ label }: Pick<MessageButton, 'label'>): string => cut(label, LIMITS.label)

const STYLES = { plain: 'default', primary: 'positive', danger: 'destructive' } as const

const looksOf = (button: Pick<MessageButton, 'label' | 'style'>) =>
  ({ title: titleOf(button), style: STYLES[button.style] }) as const
