import { Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { Recipe } from '../../contract.ts'
import { ProblemList, Refusal } from '../../parts/problem-list.tsx'
import { WebhookShownOnce } from '../../parts/shown-once.tsx'
import { tryTypedJson } from '../../parts/typed-json.ts'
import { inReadingOrder } from '../../recipe/document.ts'
import { useCan } from '../../session.ts'

/** The recipe's document as it is kept: JSON, to read and to change, with what is wrong with it by its path. */
export function Source({ recipe }: { recipe: Recipe }) {
  const saved = asText(recipe)
  const [text, setText] = useState(saved)
  const [comment, setComment] = useState('')
  // The version the text began from. Somebody else's save in between is refused by the server rather than overwritten.
  const [from, setFrom] = useState(recipe.version)
  const mayEdit = useCan()('recipes.edit')
  const typed = tryTypedJson(text)
  const save = useAct({
    run: () =>
      request<{ data: Recipe & { webhook_url: string | null } }>('PUT', `/recipes/${recipe.id}`, {
        document: typed.value,
        comment: comment.trim() === '' ? undefined : comment.trim(),
        expected_version: from,
      }),
    note: 'Saved as a new version.',
    quiet: true,
    done: ({ data }) => {
      setFrom(data.version)
      setText(asText(data))
      setComment('')
    },
  })
  const again = () => {
    setFrom(recipe.version)
    setText(saved)
    save.reset()
  }
  return (
    <Stack>
      {text === saved && <ProblemList title="Before it can be started" problems={recipe.problems} />}
      <Textarea
        aria-label="Source of the recipe"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        readOnly={!mayEdit}
        autosize
        minRows={18}
        maxRows={40}
        spellCheck={false}
        error={typed.problem}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13, lineHeight: 1.55 } }}
      />
      <Refusal error={save.error} />
      {mayEdit && (
        <Group align="flex-end">
          <TextInput
            label="What did you change?"
            placeholder="Optional, for the list of versions"
            value={comment}
            maxLength={500}
            onChange={(event) => setComment(event.currentTarget.value)}
            style={{ flex: '1 1 240px' }}
          />
          <Button variant="default" disabled={text === saved && from === recipe.version} onClick={again}>
            Discard
          </Button>
          <Button
            loading={save.isPending}
            disabled={typed.problem !== undefined || text === saved}
            onClick={() => save.mutate()}
          >
            Save version {from + 1}
          </Button>
        </Group>
      )}
      <WebhookShownOnce url={save.data?.data.webhook_url} onClose={save.reset} />
      <Text size="sm" c="dimmed">
        The schema of this document is published at /api/schemas/recipe.json.
      </Text>
    </Stack>
  )
}

function asText({ document }: Recipe): string {
  return JSON.stringify(inReadingOrder(document), null, 2)
}
