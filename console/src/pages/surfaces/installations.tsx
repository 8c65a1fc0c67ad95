import { Button, Stack, Switch, TagsInput, Text } from '@mantine/core'
import { useState } from 'react'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { SurfaceInstallation } from '../../contract.ts'
import { ActButton } from '../../parts/act-button.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { RowCard, Section } from '../../parts/row-card.tsx'
import { StatusBadge } from '../../parts/status-badge.tsx'
import { Time } from '../../parts/time.tsx'

/** Where the app is installed, and who there is believed to be whom here. */
export function Installations({ installations }: { installations: SurfaceInstallation[] }) {
  const [editing, setEditing] = useState<SurfaceInstallation>()
  return (
    <Section
      title="Installed in"
      lead="Who there may use it, and whose e-mail address makes them somebody who is here already."
    >
      <Stack gap="sm">
        {installations.map((installation) => (
          <InstallationCard key={installation.id} installation={installation} onEdit={() => setEditing(installation)} />
        ))}
      </Stack>
      {editing && <InstallationDialog installation={editing} onClose={() => setEditing(undefined)} />}
    </Section>
  )
}

function InstallationCard({ installation, onEdit }: { installation: SurfaceInstallation; onEdit: () => void }) {
  const { id, label, tenant, email_domains, removed_at, installed_at } = installation
  return (
    <RowCard
      title={label}
      badges={removed_at !== null && <StatusBadge status="removed" />}
      actions={
        removed_at === null && (
          <>
            <Button size="sm" variant="default" onClick={onEdit} aria-label={`Who may use it in ${label}`}>
              Who may use it
            </Button>
            <ActButton
              label="Remove"
              title={`Remove it from ${label}?`}
              confirm="Remove"
              consequence={`What ${label} gave the app is forgotten here, and nobody there can use it any more, until it is installed again. People stay who they are.`}
              run={() => request('DELETE', `/surface-installations/${id}`)}
              note={`Removed from ${label}.`}
            />
          </>
        )
      }
    >
      {removed_at === null && (
        <>
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {email_domains.length === 0
              ? 'Nobody is matched by their e-mail address: each is a person of their own.'
              : `Matched by their verified addresses at ${email_domains.join(', ')}.`}
          </Text>
          <Text size="sm" c="dimmed">
            {othersOf(installation)}
          </Text>
        </>
      )}
      <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {tenant} ·{' '}
        {removed_at === null ? (
          <>
            installed <Time at={installed_at} />
          </>
        ) : (
          <>
            removed <Time at={removed_at} />
          </>
        )}
      </Text>
    </RowCard>
  )
}

function othersOf({ allows_guests, allows_strangers }: SurfaceInstallation): string {
  if (allows_guests && allows_strangers) return 'Guests and people of other organisations may use it.'
  if (allows_guests) return 'Guests may use it; people of other organisations may not.'
  if (allows_strangers) return 'People of other organisations may use it; guests may not.'
  return 'Guests and people of other organisations may not use it.'
}

function InstallationDialog({ installation, onClose }: { installation: SurfaceInstallation; onClose: () => void }) {
  const { id, label, email_domains, allows_guests, allows_strangers } = installation
  const [fields, setFields] = useState({ email_domains, allows_guests, allows_strangers })
  const set = (change: Partial<typeof fields>) => setFields({ ...fields, ...change })
  const save = useAct({
    run: () => request('PATCH', `/surface-installations/${id}`, fields),
    note: 'Saved.',
    quiet: true,
    done: onClose,
  })
  return (
    <FormDialog title={`Who may use it in ${label}`} submit="Save" size="lg" act={save} onClose={onClose}>
      <TagsInput
        label="E-mail domains"
        description="Whoever has a verified address of one of these there is the person who has that address here. Anybody else is a person of their own. Press Enter after each."
        data-autofocus
        value={fields.email_domains}
        onChange={(email_domains) => set({ email_domains })}
      />
      <Switch
        label="Guests may use it"
        description="People who were invited into a part of it."
        checked={fields.allows_guests}
        onChange={(event) => set({ allows_guests: event.currentTarget.checked })}
      />
      <Switch
        label="People of other organisations may use it"
        description="Met in a shared channel. They are never matched by their e-mail address."
        checked={fields.allows_strangers}
        onChange={(event) => set({ allows_strangers: event.currentTarget.checked })}
      />
      {!installation.links_owners && (
        <Text size="sm" c="dimmed">
          An owner’s address is matched only after an owner has saved this.
        </Text>
      )}
    </FormDialog>
  )
}
