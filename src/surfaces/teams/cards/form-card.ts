import {
  AdaptiveCard,
  type CardElementArray,
  Choice,
  ChoiceSetInput,
  NumberInput,
  TextInput,
  ToggleInput,
} from '@microsoft/teams.cards'
import type { Form, FormField } from '../../surface.ts'
import { cut, LIMITS } from './limits.ts'
import { plain } from './plain.ts'
import { FIELD, sendAction } from './press-action.ts'

/** A form as a card with inputs, for a chat or a dialog. What is wrong with a field is said above it. */
export function formCard({ title, fields, submit }: Form): AdaptiveCard {
  const body: CardElementArray = [
    plain(cut(title, 200), { weight: 'Bolder', size: 'Medium' }),
    ...fields.flatMap(inputOf),
  ]
  return new AdaptiveCard(...body)
    .withOptions({ version: '1.5', fallbackText: cut(title, 200) })
    .withActions(sendAction(submit, { press: submit.press, form: true }))
}

function inputOf(field: FormField): CardElementArray {
  const { problem } = field
  return [...(problem === null ? [] : [plain(`“${field.label}” ${problem}.`, { color: 'Attention' })]), input(field)]
}

function input({ name, label, type, hint, required, choices, value }: FormField) {
  const said = {
    id: `${FIELD}${name}`,
    label: `${label}${required ? '' : ' (optional)'}`,
    isRequired: required,
    errorMessage: `${label} is needed.`,
    ...(value !== null && { value }),
  }
  const placeholder = hint === null ? {} : { placeholder: cut(hint, 200) }
  switch (type) {
    case 'number':
      return new NumberInput({
        ...said,
        ...placeholder,
        value: value === null || value === '' ? undefined : Number(value),
      } as never)
    case 'boolean':
      return new ToggleInput(label, { ...said, valueOn: 'true', valueOff: 'false', value: value ?? 'false' })
    case 'choice':
      return new ChoiceSetInput(
        ...choices.slice(0, LIMITS.choices).map((choice) => new Choice({ title: choice, value: choice })),
      ).withOptions({ ...said, ...placeholder, style: 'compact' })
    case 'text':
      return new TextInput({ ...said, ...placeholder, maxLength: 4000 })
  }
}
