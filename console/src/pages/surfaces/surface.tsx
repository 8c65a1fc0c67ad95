import { Alert, Card, Grid, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { surfaceQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import type { Surface } from '../../contract.ts'
import { ActButton } from '../../parts/act-button.tsx'
import { CopyField } from '../../parts/copy-field.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Page } from '../../parts/page.tsx'
import { Section } from '../../parts/row-card.tsx'
import { StatusBadge } from '../../parts/status-badge.tsx'
import { Checks } from './checks.tsx'
import { Installations } from './installations.tsx'
import { SetUpSteps } from './set-up-steps.tsx'
import { SettingsForm } from './settings-form.tsx'
import { installedIn, surfaceState } from './surface-state.ts'

const route = getRouteApi('/surfaces/$name')

/** One surface: what to do at its vendor, what to give here, whether it works, and where it is installed. */
export function SurfacePage() {
  const { name } = route.useParams()
  const search = route.useSearch()
  const query = useQuery(surfaceQuery(name))
  const surface = query.data
  return (
    <Page
      title={surface?.label ?? 'Surface'}
      lead={surface?.summary}
      badge={surface && <StatusBadge status={surfaceState(surface)} />}
      back={{ to: '/surfaces', label: 'Surfaces' }}
      actions={surface?.is_set_up && <Remove surface={surface} />}
    >
      <Loaded query={query}>
        {(surface) => (
          <Stack gap="xl">
            <CameBack places={installedIn(surface)} {...search} />
            {surface.installations.length > 0 && <Installations installations={surface.installations} />}
            <Grid gap="xl">
              <Grid.Col span={{ base: 12, md: 7 }}>
                <Stack gap="lg">
                  <Section title="What to do">
                    <SetUpSteps surface={surface} />
                  </Section>
                  {surface.sign_in && <SignIn label={surface.sign_in.label} uri={surface.sign_in.redirect_uri} />}
                </Stack>
              </Grid.Col>
              <Grid.Col span={{ base: 12, md: 5 }}>
                <Stack gap="lg">
                  <Section title="What to give here">
                    {/* What was saved starts the form anew. */}
                    <SettingsForm key={JSON.stringify(surface.fields)} surface={surface} />
                  </Section>
                  {surface.is_set_up && (
                    <Section title="Does it work?">
                      <Checks name={surface.name} />
                    </Section>
                  )}
                </Stack>
              </Grid.Col>
            </Grid>
          </Stack>
        )}
      </Loaded>
    </Page>
  )
}

/** How installing it went, for whoever comes back from the vendor. */
function CameBack({ places, installed, problem }: { places: string[]; installed?: string; problem?: string }) {
  if (problem !== undefined)
    return (
      <Alert color="red" icon={<Icon name="alert" />} title="It was not installed" role="alert">
        {PROBLEMS[problem] ?? PROBLEMS.refused}
      </Alert>
    )
  // Anybody can write an address: only what is so is said.
  if (installed === undefined || !places.includes(installed)) return null
  return (
    <Alert icon={<Icon name="check" />} title={`Installed in ${installed}`} role="status">
      Look whom it shall match and let in, then check that it works.
    </Alert>
  )
}

const PROBLEMS: Record<string, string> = {
  state: 'The answer belongs to no installation that this browser began, or it took too long. Install it again.',
  declined: 'It was not allowed at the vendor. Install it again, as somebody who may install apps there.',
  refused: 'The vendor did not complete it. Check what was given here, then install it again.',
}

function SignIn({ label, uri }: { label: string; uri: string }) {
  return (
    <Section title="Signing in on the web">
      <Card>
        <Text size="sm" mb="sm">
          People sign in here with {label}, and are who they are there: that proves who follows a link. Its app needs
          this redirect URI, unless the app’s manifest has it:
        </Text>
        <CopyField value={uri} label="Redirect URI for signing in" />
      </Card>
    </Section>
  )
}

function Remove({ surface: { name, label } }: { surface: Surface }) {
  return (
    <ActButton
      label="Remove"
      title={`Remove ${label}?`}
      confirm="Remove"
      consequence={`Its secrets and installations are forgotten here, nobody can use it any more, and whoever signed in by it is signed out, and whom it named is forgotten: people, jobs and connections stay, but each account is matched anew when it is set up again. Take the app out at its vendor as well.`}
      run={() => request('DELETE', `/surfaces/${name}`)}
      note={`${label} is removed.`}
    />
  )
}
