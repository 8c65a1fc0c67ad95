import { Button, Card, Group, List, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { projectsQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { Refusal } from '../../parts/problem-list.tsx'
import { Section } from '../../parts/row-card.tsx'

/** The projects there are, and a new one. */
export function Projects() {
  const [name, setName] = useState('')
  const create = useAct({
    run: () => request('POST', '/projects', { name }),
    note: `${name} is made.`,
    quiet: true,
    done: () => setName(''),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    create.mutate()
  }
  return (
    <Section title="Projects" lead="A project holds recipes and the connections they may choose.">
      <Card>
        <Loaded query={useQuery(projectsQuery)}>
          {(projects) => (
            <List mb="md" spacing={4}>
              {projects.map((project) => (
                <List.Item key={project.id}>{project.name}</List.Item>
              ))}
            </List>
          )}
        </Loaded>
        <form onSubmit={submit}>
          <Group align="flex-end" gap="sm">
            <TextInput
              label="New project"
              required
              maxLength={120}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              style={{ flex: '1 1 200px' }}
              maw={360}
            />
            <Button type="submit" variant="default" loading={create.isPending}>
              Add
            </Button>
          </Group>
        </form>
        <Refusal error={create.error} />
      </Card>
    </Section>
  )
}
