import { Stack, Stepper } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { connectorsQuery } from '../../api/queries.ts'
import type { Connector, Environment } from '../../contract.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { Page } from '../../parts/page.tsx'
import { ChooseApplication } from './choose-application.tsx'
import { DescribeConnection } from './describe-connection.tsx'
import { RegisterClient } from './register-client.tsx'

/** What the first steps found out. */
export interface Draft {
  name: string
  projectId: string | null
  environment: Environment
  settings: Record<string, unknown>
}

/** Makes a parent connection in three steps: which application, where it is, and Behalf's registration there. */
export function NewConnectionPage() {
  const connectors = useQuery(connectorsQuery)
  const [step, setStep] = useState(0)
  const [connector, setConnector] = useState<Connector>()
  const [draft, setDraft] = useState<Draft>()
  const choose = (chosen: Connector) => {
    if (chosen !== connector) setDraft({ name: chosen.label, projectId: null, environment: 'DEV', settings: {} })
    setConnector(chosen)
    setStep(1)
  }
  return (
    <Page
      title="New connection"
      lead="One instance of an application. Recipes choose it, and people connect their own accounts beneath it."
      back={{ to: '/connections', label: 'Connections' }}
    >
      <Stack gap="xl">
        <Stepper active={step} onStepClick={setStep} allowNextStepsSelect={false} size="sm" maw={760}>
          <Stepper.Step label="Application" />
          <Stepper.Step label="Settings" />
          <Stepper.Step label={connector?.authentication === 'form' ? 'Create' : 'Register and connect'} />
        </Stepper>
        {step === 0 && (
          <Loaded query={connectors}>
            {(all) => <ChooseApplication connectors={all} chosen={connector} onChoose={choose} />}
          </Loaded>
        )}
        {step === 1 && connector && draft && (
          <DescribeConnection
            connector={connector}
            draft={draft}
            onDraft={setDraft}
            onBack={() => setStep(0)}
            onNext={() => setStep(2)}
          />
        )}
        {step === 2 && connector && draft && (
          <RegisterClient connector={connector} draft={draft} onBack={() => setStep(1)} />
        )}
      </Stack>
    </Page>
  )
}
