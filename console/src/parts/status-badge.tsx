import { Badge } from '@mantine/core'

// Never cut short, not even in a narrow column.
const WHOLE = { flex: 'none', minWidth: 'max-content' }

// One word and one colour for each state, wherever it shows.
const STATES: Record<string, { label: string; color: string }> = {
  waiting_for_connection: { label: 'Waiting for connection', color: 'yellow' },
  waiting_for_answer: { label: 'Waiting for answer', color: 'yellow' },
  queued: { label: 'Queued', color: 'gray' },
  running: { label: 'Running', color: 'cyan' },
  began: { label: 'Running', color: 'cyan' },
  succeeded: { label: 'Succeeded', color: 'pine' },
  failed: { label: 'Failed', color: 'red' },
  cancelled: { label: 'Cancelled', color: 'gray' },
  expired: { label: 'Expired', color: 'gray' },
  interrupted: { label: 'Interrupted', color: 'orange' },
  started: { label: 'Started', color: 'pine' },
  stopped: { label: 'Stopped', color: 'gray' },
  success: { label: 'Connected', color: 'pine' },
  connected: { label: 'Connected', color: 'pine' },
  pending: { label: 'Pending', color: 'yellow' },
  lost: { label: 'Lost', color: 'red' },
  exception: { label: 'Lost', color: 'red' },
  disconnected: { label: 'Disconnected', color: 'gray' },
  delegated: { label: 'Delegated', color: 'pine' },
  asked: { label: 'Asked', color: 'yellow' },
  declined: { label: 'Declined', color: 'red' },
  ended: { label: 'Ended', color: 'gray' },
  not_asked: { label: 'Not asked', color: 'gray' },
  lapsed: { label: 'Lapsed', color: 'orange' },
  orphaned: { label: 'Orphaned', color: 'orange' },
  not_connected: { label: 'Not connected', color: 'gray' },
  not_set_up: { label: 'Not set up', color: 'gray' },
  incomplete: { label: 'Incomplete', color: 'red' },
  not_installed: { label: 'Not installed yet', color: 'yellow' },
  installed: { label: 'Installed', color: 'pine' },
  removed: { label: 'Removed', color: 'gray' },
  active: { label: 'Active', color: 'pine' },
  deactivated: { label: 'Deactivated', color: 'gray' },
  revoked: { label: 'Revoked', color: 'gray' },
}

/** A state in one word. A state this console does not know shows as the server spells it. */
export function StatusBadge({ status }: { status: string | null }) {
  const { label, color } = STATES[status ?? 'not_connected'] ?? { label: status ?? '', color: 'gray' }
  return (
    <Badge color={color} style={WHOLE}>
      {label}
    </Badge>
  )
}

/** DEV, TEST or PROD; PROD stands out, because what is done there counts. */
export function EnvironmentBadge({ environment }: { environment: string }) {
  return (
    <Badge variant="outline" color={environment === 'PROD' ? 'pine' : 'gray'} style={WHOLE}>
      {environment}
    </Badge>
  )
}
