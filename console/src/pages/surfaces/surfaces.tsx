import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { surfacesQuery } from '../../api/queries.ts'
import type { Surface } from '../../contract.ts'
import { Empty } from '../../parts/empty.tsx'
import { ButtonLink } from '../../parts/links.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Page } from '../../parts/page.tsx'
import { RowCard } from '../../parts/row-card.tsx'
import { StatusBadge } from '../../parts/status-badge.tsx'
import { installedIn, surfaceState } from './surface-state.ts'

/** The chats where people run recipes and are asked: which are set up, and where they are installed. */
export function Surfaces() {
  return (
    <Page
      title="Surfaces"
      lead="The chats where people run recipes and are asked to connect. The portal’s own chat is always there; each other is an app that you make at its vendor and set up here once."
    >
      <Loaded query={useQuery(surfacesQuery)}>
        {(surfaces) =>
          surfaces.length === 0 ? (
            <Empty icon="surfaces" title="Nothing to set up">
              This server has no chat but the portal’s own, which needs no setting up.
            </Empty>
          ) : (
            <Stack gap="sm">
              {surfaces.map((surface) => (
                <SurfaceCard key={surface.name} surface={surface} />
              ))}
            </Stack>
          )
        }
      </Loaded>
    </Page>
  )
}

function SurfaceCard({ surface }: { surface: Surface }) {
  const { name, label, summary } = surface
  const state = surfaceState(surface)
  const places = installedIn(surface)
  return (
    <RowCard
      title={label}
      badges={<StatusBadge status={state} />}
      actions={
        <ButtonLink
          to="/surfaces/$name"
          params={{ name }}
          size="sm"
          variant={state === 'installed' ? 'default' : 'filled'}
          aria-label={`${state === 'installed' ? 'Manage' : 'Set up'} ${label}`}
        >
          {state === 'installed' ? 'Manage' : 'Set up'}
        </ButtonLink>
      }
    >
      <Text size="sm">{summary}</Text>
      {places.length > 0 && (
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          In {places.join(', ')}
        </Text>
      )}
    </RowCard>
  )
}
