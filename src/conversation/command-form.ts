import { type Parameter, type RunnableCommand, readParameter } from '#commands/chat/find-commands.ts'
import type { OpenQuestion } from '#commands/jobs/answer-job.ts'
import type { Form, FormField } from '#surfaces/surface.ts'

type Given = Readonly<Record<string, unknown>>

/** Every parameter of a command, with what was given so far and what is wrong with it. */
export function commandForm({ recipeId, recipeName, parameters }: RunnableCommand, given: Given, asked: boolean): Form {
  const press = { do: 'run', recipe: recipeId, given: {} } as const
  return {
    title: recipeName,
    fields: fieldsOf(parameters, given, asked),
    submit: { label: 'Run', style: 'primary', press, confirm: null },
  }
}

/** The fields of what a job asks. */
export function questionForm({ jobId, step, form }: OpenQuestion, given: Given, asked: boolean): Form {
  const press = { do: 'fill_in', job: jobId, step } as const
  return {
    title: 'Answer',
    fields: fieldsOf(form ?? [], given, asked),
    submit: { label: 'Send', style: 'primary', press, confirm: null },
  }
}

/** `asked` is whether the person has seen the form: what is missing is no mistake before. */
function fieldsOf(parameters: readonly Parameter[], given: Given, asked: boolean): FormField[] {
  return parameters.map((parameter) => {
    const { name, label = name, type, hint = null, required, choices = [] } = parameter
    const value = given[name] === undefined ? null : String(given[name])
    const read = asked || value !== null ? readParameter(parameter, value) : { value }
    return { name, label, type, hint, required, choices, value, problem: 'problem' in read ? read.problem : null }
  })
}

/** Whether nothing is wrong with any of its fields. */
export const isComplete = ({ fields }: Form): boolean => fields.every(({ problem }) => problem === null)
