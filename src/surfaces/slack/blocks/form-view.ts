import type { types } from '@slack/bolt'
import type { Form, FormField } from '../../surface.ts'
import { cut, LIMITS } from './limits.ts'
import { section } from './message-blocks.ts'

/** A form as a modal; `metadata` comes back with it. */
export function formView(form: Form, metadata: string): types.ModalView {
  return {
    type: 'modal',
    callback_id: 'form',
    private_metadata: metadata,
    title: { type: 'plain_text', text: cut(form.title, LIMITS.title), emoji: false },
    submit: { type: 'plain_text', text: cut(form.submit.label, LIMITS.title), emoji: false },
    close: { type: 'plain_text', text: 'Cancel', emoji: false },
    blocks: [
      ...(form.title.length > LIMITS.title ? [section(form.title)] : []),
      ...form.fields.slice(0, LIMITS.homeBlocks - 1).map(inputBlock),
    ],
  }
}

/** What is wrong with a form that was sent, by block; null where nothing is. */
export function formErrors({ fields }: Form): Record<string, string> | null {
  const wrong = fields.flatMap(({ name, problem }) => (problem === null ? [] : [[name, capital(problem)] as const]))
  return wrong.length === 0 ? null : Object.fromEntries(wrong)
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

function inputBlock(field: FormField): types.InputBlock {
  return {
    type: 'input',
    block_id: field.name,
    optional: !field.required || field.type === 'boolean',
    label: { type: 'plain_text', text: cut(field.label, LIMITS.inputLabel), emoji: false },
    ...(field.hint && { hint: { type: 'plain_text', text: cut(field.hint, LIMITS.hint), emoji: false } }),
    element: elementOf(field),
  }
}

function elementOf({ type, value, choices }: FormField): types.InputBlock['element'] {
  switch (type) {
    case 'text':
      return { type: 'plain_text_input', action_id: 'value', ...(value && { initial_value: value }) }
    case 'number':
      return {
        type: 'number_input',
        action_id: 'value',
        is_decimal_allowed: true,
        ...(value && Number.isFinite(Number(value)) && { initial_value: value }),
      }
    case 'boolean': {
      const yes = option('Yes', 'yes')
      return {
        type: 'checkboxes',
        action_id: 'value',
        options: [yes],
        ...(/^(yes|true|1)$/i.test(value ?? '') && { initial_options: [yes] }),
      }
    }
    case 'choice': {
      const isShort = choices.length <= LIMITS.options && choices.every((choice) => choice.length <= LIMITS.optionLabel)
      // why: Slack takes no longer list, and no longer choices; the person types one, and is told where it is none.
      if (!isShort) return { type: 'plain_text_input', action_id: 'value', ...(value && { initial_value: value }) }
      const options = choices.map((choice) => option(choice, choice))
      const chosen = options.find((each) => each.value === value)
      return { type: 'static_select', action_id: 'value', options, ...(chosen && { initial_option: chosen }) }
    }
  }
}

function option(text: string, value: string): types.PlainTextOption {
  return { text: { type: 'plain_text', text: cut(text, LIMITS.optionLabel), emoji: false }, value }
}
