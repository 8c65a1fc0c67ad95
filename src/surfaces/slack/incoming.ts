import type { Place } from './place.ts'

/** What Slack sent, as far as it is anything to us. */
export type Incoming = Sender &
  (
    | { kind: 'said'; text: string; place: Where; triggerId: string | null }
    | { kind: 'pressed'; sent: unknown; place: Where; triggerId: string; source: PressedOn }
    | { kind: 'followed'; blockId: string; responseUrl: string | null }
    | { kind: 'sent_form'; view: SentView }
    | { kind: 'opened_home' }
    | { kind: 'opened_thread'; place: Where }
    | { kind: 'profile_changed' }
    | { kind: 'uninstalled' }
  )

export interface Sender {
  /** The installation's id at Slack: the enterprise's where the app is installed in all of it, else the team's. */
  tenant: string
  user: string
  /** The same for every repetition. */
  deliveryKey: string
}

type Where = Pick<Place, 'channel' | 'isDirect' | 'thread' | 'isHidden' | 'responseUrl'>

/** What a button was pressed on: a message, which can be replaced by the response URL, or a view. */
export type PressedOn = { kind: 'message' } | { kind: 'home' } | { kind: 'form' }

interface SentView {
  id: string
  metadata: string
  values: Record<string, string>
}

/** Which of the three ids the installation has. */
export const tenantOf = (
  isOfEnterprise: boolean,
  enterprise: string | null | undefined,
  team: string | null | undefined,
) => (isOfEnterprise ? enterprise : team) ?? team ?? enterprise ?? ''
