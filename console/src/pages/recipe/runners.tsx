import { Button, Card, Group, MultiSelect, Stack, Switch } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { groupsQuery, peopleQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { Recipe } from '../../contract.ts'
import { Section } from '../../parts/row-card.tsx'
import { runsAsNobody } from '../../recipe/words.ts'
import { useCan } from '../../session.ts'

/** Who may run the recipe: everyone, or named people and groups. */
export function Runners({ recipe }: { recipe: Recipe }) {
  const can = useCan()
  const shared = recipe.shared_with
  const [everyone, setEveryone] = useState(shared.everyone)
  const [people, setPeople] = useState(shared.people.map(({ id }) => id))
  const [groups, setGroups] = useState(shared.groups.map(({ id }) => id))
  const mayEdit = can('recipes.edit')
  const save = useAct({
    run: () => request('PUT', `/recipes/${recipe.id}/runners`, { everyone, person_ids: people, group_ids: groups }),
    note: 'Saved who may run it.',
  })
  if (runsAsNobody(recipe.trigger.kind)) return null
  return (
    <Section title="Who may run it" lead="They also need a role that allows running recipes.">
      <Card>
        <Stack>
          <Switch
            label="Everyone in the workspace"
            checked={everyone}
            disabled={!mayEdit}
            onChange={(event) => setEveryone(event.currentTarget.checked)}
          />
          {!everyone && <Chosen {...{ recipe, people, groups, setPeople, setGroups, mayEdit }} />}
          {mayEdit && (
            <Group>
              <Button variant="default" loading={save.isPending} onClick={() => save.mutate()}>
                Save who may run it
              </Button>
            </Group>
          )}
        </Stack>
      </Card>
    </Section>
  )
}

interface ChosenProps {
  recipe: Recipe
  people: string[]
  groups: string[]
  setPeople: (ids: string[]) => void
  setGroups: (ids: string[]) => void
  mayEdit: boolean
}

function Chosen({ recipe: { shared_with }, people, groups, setPeople, setGroups, mayEdit }: ChosenProps) {
  const enabled = useCan()('people.view')
  const allPeople = useQuery({ ...peopleQuery, enabled }).data?.filter(({ status }) => status === 'active')
  const allGroups = useQuery({ ...groupsQuery, enabled }).data
  // Those who may not see people see only the names that are chosen already.
  return (
    <>
      <MultiSelect
        label="People"
        data={options(allPeople, shared_with.people)}
        value={people}
        onChange={setPeople}
        disabled={!mayEdit}
        searchable
        nothingFoundMessage={enabled ? 'Nobody of that name' : 'Choosing others needs the privilege to view people'}
      />
      <MultiSelect
        label="Groups"
        data={options(allGroups, shared_with.groups)}
        value={groups}
        onChange={setGroups}
        disabled={!mayEdit}
        searchable
        nothingFoundMessage={enabled ? 'No such group' : 'Choosing others needs the privilege to view groups'}
      />
    </>
  )
}

type Named = { id: string; name: string }

function options(all: Named[] | undefined, chosen: Named[]) {
  const byId = new Map([...chosen, ...(all ?? [])].map(({ id, name }) => [id, name]))
  return [...byId].map(([value, label]) => ({ value, label }))
}
