import { Button, Card, FileButton, Group, Radio, Stack, Tabs, Text, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { Environment, Recipe } from '../../contract.ts'
import { Icon } from '../../parts/icon.tsx'
import { Page } from '../../parts/page.tsx'
import { PlaceFields } from '../../parts/place-fields.tsx'
import { Refusal } from '../../parts/problem-list.tsx'
import { readTypedJson } from '../../parts/typed-json.ts'
import { STARTING_DOCUMENTS } from './starting-documents.ts'

/** Makes a recipe: from a starting document, or from a file that another Behalf exported. */
export function NewRecipe() {
  const [projectId, setProjectId] = useState<string | null>(null)
  const [environment, setEnvironment] = useState<Environment>('DEV')
  const place = { project_id: projectId ?? '', environment }
  return (
    <Page title="New recipe" back={{ to: '/recipes', label: 'Recipes' }}>
      <Card maw={680}>
        <Stack gap="lg">
          <PlaceFields
            projectId={projectId}
            environment={environment}
            onProject={setProjectId}
            onEnvironment={setEnvironment}
          />
          <Tabs defaultValue="begin" keepMounted={false}>
            <Tabs.List mb="md">
              <Tabs.Tab value="begin">Begin a new one</Tabs.Tab>
              <Tabs.Tab value="import">Import a file</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="begin">
              <Begin place={place} />
            </Tabs.Panel>
            <Tabs.Panel value="import">
              <Import place={place} />
            </Tabs.Panel>
          </Tabs>
        </Stack>
      </Card>
    </Page>
  )
}

interface Place {
  project_id: string
  environment: Environment
}

function useOpenRecipe() {
  const navigate = useNavigate()
  return ({ data }: { data: Recipe }, tab?: string) =>
    void navigate({ to: '/recipes/$id', params: { id: data.id }, search: { tab } })
}

function Begin({ place }: { place: Place }) {
  const [name, setName] = useState('')
  const [kind, setKind] = useState<string>('command')
  const open = useOpenRecipe()
  const create = useAct({
    run: () => {
      const start = STARTING_DOCUMENTS.find(({ value }) => value === kind)!
      return request<{ data: Recipe }>('POST', '/recipes', { ...place, document: start.document(name.trim()) })
    },
    quiet: true,
    done: (answer) => open(answer, 'source'),
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        create.mutate()
      }}
    >
      <Stack>
        <TextInput
          label="Name"
          placeholder="Create opportunity"
          required
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Radio.Group label="What sets it off" value={kind} onChange={setKind}>
          <Stack gap="xs" mt={6}>
            {STARTING_DOCUMENTS.map(({ value, label, description }) => (
              <Radio key={value} value={value} label={label} description={description} />
            ))}
          </Stack>
        </Radio.Group>
        <Refusal error={create.error} />
        <Group justify="flex-end">
          <Button type="submit" loading={create.isPending} disabled={place.project_id === ''}>
            Create recipe
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Import({ place }: { place: Place }) {
  const open = useOpenRecipe()
  const load = useAct({
    run: async (file: File) => {
      const content = readTypedJson(await file.text(), () => NOT_JSON)
      return request<{ data: Recipe }>('POST', '/recipes/import', { ...place, file: content })
    },
    quiet: true,
    done: (answer) => open(answer, 'settings'),
  })
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        A file that was exported from a recipe’s page. It holds no secret and no connection: you choose those
        afterwards, in the settings.
      </Text>
      <Refusal error={load.error} />
      <FileButton accept="application/json,.json" onChange={(file) => file && load.mutate(file)}>
        {(props) => (
          <Button
            {...props}
            variant="default"
            w="fit-content"
            leftSection={<Icon name="upload" size={16} />}
            loading={load.isPending}
            disabled={place.project_id === ''}
          >
            Choose a file
          </Button>
        )}
      </FileButton>
    </Stack>
  )
}

const NOT_JSON = 'This file is not JSON. Choose one that was exported from a recipe’s page.'
