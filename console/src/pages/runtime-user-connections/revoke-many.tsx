import { Button, SegmentedControl, Select, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { connectorsQuery, peopleQuery } from '../../api/queries.ts'
import { Icon } from '../../parts/icon.tsx'
import { type Many, RevokeManyDialog } from '../../parts/revoke-many-dialog.tsx'
import { useCan } from '../../session.ts'

/** Opens the dialog that cuts off all connections of one person or one application; what the list is filtered by is chosen already. */
export function RevokeMany({ personId, connector }: { personId: string | undefined; connector: string | undefined }) {
  const [opened, setOpened] = useState(false)
  if (!useCan()('runtime_user_connections.edit')) return null
  return (
    <>
      <Button
        variant="light"
        color="red"
        leftSection={<Icon name="shield" size={16} />}
        onClick={() => setOpened(true)}
      >
        Revoke many
      </Button>
      {opened && <Dialog first={{ personId, connector }} onClose={() => setOpened(false)} />}
    </>
  )
}

interface DialogProps {
  first: { personId: string | undefined; connector: string | undefined }
  onClose: () => void
}

function Dialog({ first, onClose }: DialogProps) {
  const mayChoosePeople = useCan()('people.view')
  const [by, setBy] = useState(first.personId === undefined && first.connector !== undefined ? 'connector' : 'person')
  const [personId, setPersonId] = useState(first.personId ?? null)
  const [connector, setConnector] = useState(first.connector ?? null)
  const people = useQuery({ ...peopleQuery, enabled: mayChoosePeople }).data ?? []
  const connectors = useQuery(connectorsQuery).data ?? []
  const byPerson = by === 'person' && mayChoosePeople
  return (
    <RevokeManyDialog
      title="Revoke many connections"
      which={byPerson ? ofPerson(personId) : ofApplication(connector)}
      onClose={onClose}
    >
      <Stack gap="xs">
        {mayChoosePeople && (
          <SegmentedControl
            aria-label="Whose"
            data={[
              { value: 'person', label: 'Of one person' },
              { value: 'connector', label: 'Of one application' },
            ]}
            value={by}
            onChange={setBy}
            w="fit-content"
          />
        )}
        {byPerson ? (
          <Select
            label="Person"
            placeholder="Whose connections"
            data={people.map(({ id, name, email }) => ({ value: id, label: email ? `${name}, ${email}` : name }))}
            value={personId}
            onChange={setPersonId}
            searchable
          />
        ) : (
          <Select
            label="Application"
            placeholder="Which application"
            data={connectors.map(({ name, label }) => ({ value: name, label }))}
            value={connector}
            onChange={setConnector}
          />
        )}
      </Stack>
    </RevokeManyDialog>
  )
}

const ofPerson = (person_id: string | null): Many | undefined => (person_id === null ? undefined : { person_id })
const ofApplication = (connector: string | null): Many | undefined => (connector === null ? undefined : { connector })
