import { Textarea } from '@mantine/core'
import { useState } from 'react'
import { tryTypedJson } from './typed-json.ts'

interface JsonFieldProps {
  label: string
  description?: string | undefined
  /** What such a value looks like. */
  example?: unknown
  required: boolean
  disabled?: boolean | undefined
  error?: string | undefined
  value: unknown
  /** With the value as soon as the text is JSON; undefined for an empty field. */
  onChange: (value: unknown) => void
}

/** A value that has no field of its own kind, as JSON. What is not JSON keeps its form from being sent, and says so. */
export function JsonField({ label, description, example, required, disabled, error, value, onChange }: JsonFieldProps) {
  const [text, setText] = useState(() => (value === undefined ? '' : JSON.stringify(value, null, 2)))
  const { problem } = read(text)
  return (
    <Textarea
      ref={(element) => element?.setCustomValidity(problem ?? '')}
      label={label}
      description={description === undefined ? 'As JSON.' : `${description} As JSON.`}
      placeholder={example === undefined ? undefined : JSON.stringify(example)}
      required={required}
      disabled={disabled}
      error={problem ?? error}
      autosize
      minRows={3}
      maxRows={16}
      spellCheck={false}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
      value={text}
      onChange={({ currentTarget: { value: typed } }) => {
        setText(typed)
        const now = read(typed)
        if (now.problem === undefined) onChange(now.value)
      }}
    />
  )
}

const read = (text: string) => (text.trim() === '' ? { value: undefined, problem: undefined } : tryTypedJson(text))
