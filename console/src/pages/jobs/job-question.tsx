import { Button, Group, Stack } from '@mantine/core'
import { useState } from 'react'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { Job } from '../../contract.ts'
import { Refusal } from '../../parts/problem-list.tsx'
import { inputOf, ParameterField, type Values } from '../recipe/parameter-field.tsx'

type Question = NonNullable<Job['question']>

/** What its person can answer a job: a button for each choice, or the fields of a form. The question's words stand beside it. */
export function AnswerQuestion({ id, question }: { id: string; question: Question }) {
  const { step, choices, form } = question
  const [values, setValues] = useState<Values>({})
  const answer = useAct({
    run: (given: { choice: string } | { values: Record<string, unknown> }) =>
      request('POST', `/jobs/${id}/answer`, { step, ...given }),
    quiet: true,
  })
  if (form === null)
    return (
      <Stack gap="xs">
        <Group gap="xs">
          {(choices ?? []).map(({ label, value }) => (
            <Button
              key={value}
              variant="default"
              size="sm"
              disabled={answer.isPending}
              onClick={() => answer.mutate({ choice: value })}
            >
              {label}
            </Button>
          ))}
        </Group>
        <Refusal error={answer.error} />
      </Stack>
    )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        answer.mutate({ values: inputOf(form, values) })
      }}
    >
      <Stack gap="sm">
        {form.map((field) => (
          <ParameterField
            key={field.name}
            parameter={field}
            value={values[field.name]}
            onChange={(value) => setValues({ ...values, [field.name]: value })}
          />
        ))}
        <Refusal error={answer.error} />
        <Button type="submit" size="sm" w="fit-content" loading={answer.isPending}>
          Answer
        </Button>
      </Stack>
    </form>
  )
}
