import { PasswordInput, Switch, TagsInput, TextInput } from '@mantine/core'
import { useState } from 'react'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { SignInProvider } from '../../contract.ts'
import { FormDialog } from '../../parts/form-dialog.tsx'

type Fields = Pick<
  SignInProvider,
  'label' | 'issuer' | 'client_id' | 'email_domains' | 'emails_are_vouched_for' | 'may_create_persons'
>

const EMPTY: Fields = {
  label: '',
  issuer: '',
  client_id: '',
  email_domains: [],
  emails_are_vouched_for: false,
  may_create_persons: false,
}

/** Adds or changes a sign-in provider. Its secret goes in and never comes back. */
export function ProviderDialog({ provider, onClose }: { provider: SignInProvider | undefined; onClose: () => void }) {
  const [fields, setFields] = useState<Fields>(provider ?? EMPTY)
  const [secret, setSecret] = useState('')
  const set = (change: Partial<Fields>) => setFields({ ...fields, ...change })
  const save = useAct({
    run: () => {
      const { label, issuer, client_id, email_domains, emails_are_vouched_for, may_create_persons } = fields
      const body = { label, issuer, client_id, email_domains, emails_are_vouched_for, may_create_persons }
      const withSecret = { ...body, client_secret: secret === '' ? undefined : secret }
      return provider
        ? request('PATCH', `/sign-in-providers/${provider.id}`, withSecret)
        : request('POST', '/sign-in-providers', withSecret)
    },
    note: provider ? 'Saved.' : 'Added. Register its redirect URI at the provider, then test it.',
    quiet: true,
    done: onClose,
  })
  return (
    <FormDialog
      title={provider ? `Edit ${provider.label}` : 'Add a sign-in provider'}
      submit={provider ? 'Save' : 'Add'}
      size="lg"
      act={save}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        description="On the button people press to sign in."
        required
        data-autofocus
        maxLength={60}
        value={fields.label}
        onChange={(event) => set({ label: event.currentTarget.value })}
      />
      <TextInput
        label="Issuer"
        description="Such as https://login.microsoftonline.com/<tenant>/v2.0 or https://accounts.google.com"
        required
        type="url"
        value={fields.issuer}
        onChange={(event) => set({ issuer: event.currentTarget.value })}
      />
      <TextInput
        label="Client id"
        required
        autoComplete="off"
        value={fields.client_id}
        onChange={(event) => set({ client_id: event.currentTarget.value })}
      />
      <PasswordInput
        label="Client secret"
        description={provider ? 'Needed again with another issuer or client.' : 'Sealed at once, never shown again.'}
        autoComplete="new-password"
        value={secret}
        onChange={(event) => setSecret(event.currentTarget.value)}
      />
      <TagsInput
        label="E-mail domains"
        description="Only people with these addresses are linked by their address. Press Enter after each."
        value={fields.email_domains}
        onChange={(email_domains) => set({ email_domains })}
      />
      <Switch
        label="Its e-mail addresses are vouched for"
        description="For a provider that does not say of each address that it is verified, such as Entra, and whose addresses your organisation gives out."
        checked={fields.emails_are_vouched_for}
        onChange={(event) => set({ emails_are_vouched_for: event.currentTarget.checked })}
      />
      <Switch
        label="People who sign in for the first time become members"
        description="Otherwise an administrator adds them first."
        checked={fields.may_create_persons}
        onChange={(event) => set({ may_create_persons: event.currentTarget.checked })}
      />
    </FormDialog>
  )
}
