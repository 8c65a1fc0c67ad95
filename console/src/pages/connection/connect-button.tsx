import { Button, PasswordInput, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { Connection } from '../../contract.ts'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { Icon } from '../../parts/icon.tsx'

/** Connects a parent's own account: at the application, in this tab; or by what is typed into a form, where it takes a credential. */
export function ConnectButton({ connection }: { connection: Connection }) {
  const { id, authorization_status, credential_fields } = connection
  const [typing, setTyping] = useState(false)
  const connect = useAct({
    run: () => request<{ data: { url: string } }>('POST', `/connections/${id}/connect`, {}),
    done: ({ data }) => window.location.assign(data.url),
  })
  return (
    <>
      <Button
        variant={authorization_status === 'success' ? 'default' : 'filled'}
        leftSection={<Icon name="plug" size={16} />}
        loading={connect.isPending || connect.isSuccess}
        onClick={() => (credential_fields ? setTyping(true) : connect.mutate())}
      >
        {authorization_status === null ? 'Connect' : 'Reconnect'}
      </Button>
      {typing && <CredentialDialog connection={connection} onClose={() => setTyping(false)} />}
    </>
  )
}

function CredentialDialog({ connection, onClose }: { connection: Connection; onClose: () => void }) {
  const [values, setValues] = useState<Record<string, string>>({})
  const fields = connection.credential_fields ?? []
  const connect = useAct({
    run: () => request('POST', `/connections/${connection.id}/connect`, { credential: values }),
    note: `${connection.name} is connected.`,
    quiet: true,
    done: onClose,
  })
  return (
    <FormDialog title={`Connect ${connection.name}`} submit="Connect" act={connect} onClose={onClose}>
      {fields.length === 0 && <Text>This application asks for no credential.</Text>}
      {fields.map(({ name, label, hint, secret }, index) => {
        const Field = secret ? PasswordInput : TextInput
        return (
          <Field
            key={name}
            label={label}
            description={hint || undefined}
            required
            autoComplete="new-password"
            data-autofocus={index === 0 || undefined}
            value={values[name] ?? ''}
            onChange={(event) => setValues({ ...values, [name]: event.currentTarget.value })}
          />
        )
      })}
      <Text size="xs" c="dimmed">
        It is tried at the application first, then sealed; a secret is never shown again.
      </Text>
    </FormDialog>
  )
}
