import { Button, CloseButton, Collapse, Group, Select, SimpleGrid, TextInput } from '@mantine/core'
import { useDebouncedCallback, useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { connectorsQuery, parentsQuery, peopleQuery, projectsQuery } from '../../api/queries.ts'
import { Icon } from '../../parts/icon.tsx'
import { SURFACES } from '../../parts/surface-words.ts'
import { useCan } from '../../session.ts'
import type { Filter, FilterName } from './filter-names.ts'

const route = getRouteApi('/tools/runtime-user-connections')

const capitalised = (values: string[]) =>
  values.map((value) => ({ value, label: value.charAt(0).toUpperCase() + value.slice(1) }))
const STATUSES = capitalised(['pending', 'connected', 'lost', 'disconnected', 'orphaned'])
const REVOCATIONS = capitalised(['pending', 'revoked', 'kept', 'unsupported', 'failed'])
const KINDS = capitalised(['member', 'external', 'service'])
const ENVIRONMENTS = ['DEV', 'TEST', 'PROD']
const SORTS = [
  { value: 'created:desc', label: 'Newest first' },
  { value: 'created:asc', label: 'Oldest first' },
  { value: 'last_used:desc', label: 'Last used first' },
  { value: 'last_used:asc', label: 'Longest unused first' },
]

// Those that are always in sight; the others open beneath.
const ALWAYS = new Set(['q', 'status', 'connector', 'sort', 'order'])

function useFilter() {
  const navigate = route.useNavigate()
  const set = (change: Filter) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  return { search: route.useSearch(), set }
}

/** Search, filters and order of the list. */
export function Filters() {
  const { search, set } = useFilter()
  const connectors = useQuery(connectorsQuery).data ?? []
  const hidden = Object.entries(search).filter(([name, value]) => value && name !== 'open' && !ALWAYS.has(name)).length
  const [opened, { toggle }] = useDisclosure(hidden > 0)
  return (
    <>
      <Group mb="sm" gap="sm">
        <Search />
        <Choice name="status" any="Any status" data={STATUSES} />
        <Choice name="connector" any="Any application" data={connectors.map(named)} />
        <Select
          aria-label="Order"
          data={SORTS}
          value={`${search.sort ?? 'created'}:${search.order ?? 'desc'}`}
          onChange={(value) => {
            const [sort, order] = (value ?? '').split(':')
            set({ sort, order })
          }}
          allowDeselect={false}
          w={190}
        />
        <Button
          variant="default"
          onClick={toggle}
          aria-expanded={opened}
          leftSection={<Icon name="filter" size={16} />}
        >
          {hidden > 0 ? `More filters (${hidden})` : 'More filters'}
        </Button>
      </Group>
      <Collapse expanded={opened}>{opened && <MoreFilters />}</Collapse>
    </>
  )
}

function MoreFilters() {
  const can = useCan()
  const projects = useQuery(projectsQuery).data ?? []
  const parents = useQuery({ ...parentsQuery(), enabled: can('connections.view') }).data ?? []
  const people = useQuery({ ...peopleQuery, enabled: can('people.view') }).data ?? []
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm" mb="md">
      <Choice name="person_id" label="Person" any="Anyone" data={people.map(byId)} />
      <Choice name="person_kind" label="Kind of person" any="Any kind" data={KINDS} />
      <Choice name="parent_id" label="Connection" any="Any connection" data={parents.map(byId)} />
      <Choice name="project_id" label="Project" any="Any project" data={projects.map(byId)} />
      <Choice name="environment" label="Environment" any="Any environment" data={ENVIRONMENTS} />
      <Choice name="surface" label="Connected from" any="Anywhere" data={SURFACES} />
      <Choice name="revocation" label="Revoking at the application" any="Any outcome" data={REVOCATIONS} />
      <span />
      <Day name="created_after" label="Made on or after" />
      <Day name="created_before" label="Made before" />
      <Day name="used_after" label="Used on or after" />
      <Day name="used_before" label="Not used since" />
    </SimpleGrid>
  )
}

const byId = ({ id, name }: { id: string; name: string }) => ({ value: id, label: name })
const named = ({ name, label }: { name: string; label: string }) => ({ value: name, label })

interface ChoiceProps {
  name: FilterName
  /** Above the field; without one `any` says what it is. */
  label?: string
  any: string
  data: (string | { value: string; label: string })[]
}

function Choice({ name, label, any, data }: ChoiceProps) {
  const { search, set } = useFilter()
  return (
    <Select
      label={label}
      aria-label={label ?? any.replace('Any ', '')}
      placeholder={any}
      data={data}
      value={search[name] ?? null}
      onChange={(value) => set({ [name]: value ?? undefined })}
      clearable
      searchable={data.length > 8}
      nothingFoundMessage="None fits"
      w={label === undefined ? 170 : undefined}
    />
  )
}

function Day({ name, label }: { name: FilterName; label: string }) {
  const { search, set } = useFilter()
  return (
    <TextInput
      type="date"
      label={label}
      value={search[name] ?? ''}
      onChange={(event) => set({ [name]: event.currentTarget.value || undefined })}
    />
  )
}

function Search() {
  const { search, set } = useFilter()
  const [text, setText] = useState(search.q ?? '')
  const find = useDebouncedCallback((q: string) => set({ q: q === '' ? undefined : q }), 250)
  const onText = (next: string) => {
    setText(next)
    find(next.trim())
  }
  return (
    <TextInput
      aria-label="Search"
      placeholder="Person, account or connection"
      leftSection={<Icon name="search" size={16} />}
      rightSection={text !== '' && <CloseButton size="sm" aria-label="Clear the search" onClick={() => onText('')} />}
      value={text}
      onChange={(event) => onText(event.currentTarget.value)}
      style={{ flex: '1 1 240px' }}
      maw={{ sm: 360 }}
    />
  )
}
