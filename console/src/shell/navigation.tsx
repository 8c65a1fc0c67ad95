import { Badge } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, type LinkProps } from '@tanstack/react-router'
import { delegationRequestsQuery } from '../api/queries.ts'
import type { Session } from '../contract.ts'
import { Icon, type IconName } from '../parts/icon.tsx'
import classes from './shell.module.css'

interface Entry {
  to: LinkProps['to']
  label: string
  icon: IconName
  /** Without this privilege the page would only refuse. */
  needs?: string
}

const GROUPS: { label: string; entries: Entry[] }[] = [
  {
    label: 'Yours',
    entries: [
      { to: '/chat', label: 'Chat', icon: 'chat' },
      { to: '/my/connections', label: 'My connections', icon: 'plug' },
      { to: '/my/jobs', label: 'My jobs', icon: 'history' },
    ],
  },
  {
    label: 'Build',
    entries: [
      { to: '/recipes', label: 'Recipes', icon: 'recipe', needs: 'recipes.view' },
      { to: '/connections', label: 'Connections', icon: 'swap', needs: 'connections.view' },
      { to: '/jobs', label: 'Jobs', icon: 'jobs', needs: 'job_history.view' },
    ],
  },
  {
    label: 'Tools',
    entries: [
      {
        to: '/tools/runtime-user-connections',
        label: 'Runtime user connections',
        icon: 'shield',
        needs: 'runtime_user_connections.view',
      },
    ],
  },
  {
    label: 'Workspace',
    entries: [
      { to: '/people', label: 'People', icon: 'people', needs: 'people.view' },
      { to: '/groups', label: 'Groups', icon: 'people', needs: 'people.view' },
      { to: '/api-keys', label: 'API keys and products', icon: 'key', needs: 'api_keys.edit' },
      { to: '/surfaces', label: 'Surfaces', icon: 'surfaces', needs: 'workspace_settings.edit' },
      { to: '/settings', label: 'Settings', icon: 'settings', needs: 'workspace_settings.edit' },
      { to: '/audit', label: 'Audit log', icon: 'audit', needs: 'audit_log.view' },
    ],
  },
]

/** The pages this person may open, by group; a group without any does not show. */
export function Navigation({ session }: { session: Session }) {
  const allowed = ({ needs }: Entry) => needs === undefined || session.privileges.includes(needs)
  return (
    <nav aria-label="Main">
      {GROUPS.filter(({ entries }) => entries.some(allowed)).map(({ label, entries }) => (
        <div key={label}>
          <div className={classes.group}>{label}</div>
          {entries.filter(allowed).map((entry) => (
            <Link key={entry.to} to={entry.to} className={classes.item} activeOptions={{ includeSearch: false }}>
              <Icon name={entry.icon} />
              {entry.label}
              {entry.to === '/my/connections' && <Asked />}
            </Link>
          ))}
        </div>
      ))}
    </nav>
  )
}

/** How much one is asked to allow recipes that nobody runs. */
function Asked() {
  const count = useQuery(delegationRequestsQuery).data?.length ?? 0
  if (count === 0) return null
  return (
    <Badge size="sm" circle variant="filled" ml="auto" aria-label={`${count} to answer`}>
      {count}
    </Badge>
  )
}
