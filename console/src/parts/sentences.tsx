import { List } from '@mantine/core'

/** What will happen, one sentence after the other. */
export function Sentences({ sentences }: { sentences: string[] }) {
  return (
    <List spacing={6} pr="sm">
      {sentences.map((sentence) => (
        <List.Item key={sentence}>{sentence}</List.Item>
      ))}
    </List>
  )
}
