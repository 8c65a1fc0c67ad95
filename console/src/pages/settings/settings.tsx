import { Stack } from '@mantine/core'
import { Page } from '../../parts/page.tsx'
import { useCan } from '../../session.ts'
import { Projects } from './projects.tsx'
import { SealingKeyState } from './sealing-key.tsx'
import { SignInProviders } from './sign-in-providers.tsx'
import { WorkspaceForm } from './workspace-form.tsx'

/** What the workspace decides for everybody in it. */
export function Settings() {
  const can = useCan()
  return (
    <Page
      title="Settings"
      lead="What holds for everybody in this workspace. Each change is put on record in the audit log."
    >
      <Stack gap="xl">
        <WorkspaceForm />
        <SignInProviders />
        {can('projects.edit') && <Projects />}
        <SealingKeyState />
      </Stack>
    </Page>
  )
}
