import { Alert, Code, List, Text } from '@mantine/core'
import { ApiError } from '../api/request.ts'
import type { Problem } from '../contract.ts'
import { Icon } from './icon.tsx'

/** What stands in the way, each with where it is in the recipe. Shows nothing when there is nothing. */
export function ProblemList({ title, problems }: { title: string; problems: Problem[] }) {
  if (problems.length === 0) return null
  return (
    <Alert color="yellow" icon={<Icon name="alert" />} title={title} role="status">
      <List size="sm" spacing={4} listStyleType="none" pr="sm" style={{ overflowWrap: 'anywhere' }}>
        {problems.map((problem) => (
          <List.Item key={problem.path + problem.code + problem.message}>
            {/* A space between them, so that a long path and the words after it are no one word. */}
            {problem.path !== '' && <Code>{problem.path}</Code>} {problem.message}
          </List.Item>
        ))}
      </List>
    </Alert>
  )
}

/** A refusal to save or start: its message, and the problems it brings with it. */
export function Refusal({ error }: { error: Error | null }) {
  if (error === null) return null
  const problems = problemsOf(error)
  if (problems.length > 0) return <ProblemList title={error.message} problems={problems} />
  return (
    <Alert color="red" icon={<Icon name="alert" />} role="alert">
      <Text size="sm">{error.message}</Text>
    </Alert>
  )
}

function problemsOf(error: Error): Problem[] {
  const problems = error instanceof ApiError ? error.details.problems : undefined
  return Array.isArray(problems) ? (problems as Problem[]) : []
}
