import { Code } from '@mantine/core'
import { templatePieces } from './words.ts'

/** A mapped value for reading: text with its pills marked; anything else as JSON. */
export function MappingView({ value }: { value: unknown }) {
  if (typeof value !== 'string') return <Code>{JSON.stringify(value)}</Code>
  let offset = 0
  return (
    <>
      {templatePieces(value).map(({ kind, text }) => {
        const key = offset
        offset += text.length + 1
        return kind === 'pill' ? (
          <Code key={key} c="pine" style={{ background: 'var(--mantine-color-pine-light)' }}>
            {text}
          </Code>
        ) : (
          <span key={key}>{text}</span>
        )
      })}
    </>
  )
}
