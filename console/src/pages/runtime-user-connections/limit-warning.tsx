import { Alert } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { childrenLimitsQuery, connectorsQuery } from '../../api/queries.ts'
import { Icon } from '../../parts/icon.tsx'
import { TextLink } from '../../parts/links.tsx'
import { useCan } from '../../session.ts'

/** Says, from four fifths on, that an application is about to have as many people connected as it may. */
export function LimitWarning() {
  const mayChange = useCan()('workspace_settings.edit')
  const limits = useQuery(childrenLimitsQuery).data ?? []
  const connectors = useQuery(connectorsQuery).data ?? []
  const near = limits.filter(({ warning }) => warning)
  if (near.length === 0) return null
  const said = near.map(({ connector, used, limit }) => {
    const label = connectors.find(({ name }) => name === connector)?.label ?? connector
    return `${label}: ${used.toLocaleString()} of ${limit.toLocaleString()}`
  })
  return (
    <Alert color="yellow" icon={<Icon name="alert" />} title="Near the limit of this workspace" mb="md" role="status">
      {said.join('; ')}. Beyond it the next person is refused.{' '}
      {mayChange ? <TextLink to="/settings">Change the limit</TextLink> : 'An administrator can raise it.'}
    </Alert>
  )
}
