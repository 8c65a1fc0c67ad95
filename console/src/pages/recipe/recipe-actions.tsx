import { ActionIcon, Menu, Text } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { Recipe } from '../../contract.ts'
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx'
import { Icon } from '../../parts/icon.tsx'
import { useCan } from '../../session.ts'
import { StartStop } from './start-stop.tsx'

/** Start or stop, and what else can be done with a whole recipe: copy, export, delete. */
export function RecipeActions({ recipe }: { recipe: Recipe }) {
  const can = useCan()
  const [deleting, setDeleting] = useState(false)
  const navigate = useNavigate()
  const copy = useAct({
    run: () => request<{ data: Recipe }>('POST', `/recipes/${recipe.id}/copy`, {}),
    note: 'Copied. The copy is stopped.',
    done: ({ data }) => void navigate({ to: '/recipes/$id', params: { id: data.id }, search: {} }),
  })
  return (
    <>
      {/* One that Behalf stopped is started where the reason stands. */}
      {can('recipes.start_stop') && recipe.stopped_reason === null && <StartStop recipe={recipe} />}
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label="More">
            <svg width="18" height="18" viewBox="0 0 24 24" fill="currentColor" aria-hidden="true">
              <circle cx="5" cy="12" r="1.75" />
              <circle cx="12" cy="12" r="1.75" />
              <circle cx="19" cy="12" r="1.75" />
            </svg>
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            component="a"
            href={`/api/recipes/${recipe.id}/export`}
            download={`${recipe.name}.json`}
            leftSection={<Icon name="download" size={16} />}
          >
            Export as a file
          </Menu.Item>
          {can('recipes.edit') && (
            <>
              <Menu.Item leftSection={<Icon name="copy" size={16} />} onClick={() => copy.mutate()}>
                Copy
              </Menu.Item>
              <Menu.Divider />
              <Menu.Item color="red" onClick={() => setDeleting(true)}>
                Delete
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {deleting && <DeleteDialog recipe={recipe} onClose={() => setDeleting(false)} />}
    </>
  )
}

function DeleteDialog({ recipe, onClose }: { recipe: Recipe; onClose: () => void }) {
  const navigate = useNavigate()
  const remove = useAct({
    run: () => request('DELETE', `/recipes/${recipe.id}`),
    gone: ['recipes', recipe.id],
    note: `${recipe.name} is deleted.`,
    quiet: true,
    done: () => void navigate({ to: '/recipes' }),
  })
  return (
    <ConfirmDialog
      title={`Delete ${recipe.name}?`}
      confirm="Delete"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <Text>
        Nobody can run it any more. Its jobs stay on record. Connections stay as they are, both those it chose and those
        of the people who ran it.
      </Text>
    </ConfirmDialog>
  )
}
