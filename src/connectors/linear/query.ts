import { z } from 'zod'
import type { BoundRequest } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'
import { readRefusal } from './read-refusal.ts'

/** What GraphQL puts around an answer. */
export const Data = <S extends z.core.$ZodLooseShape>(shape: S) => z.object({ data: z.object(shape) })

interface Query<S extends z.ZodType> {
  /** Fixed text: what people give goes into the variables alone. */
  query: string
  variables: Record<string, unknown>
  answer: S
}

/** Sends a query or a mutation, and answers its data; throws what Linear refused. https://linear.app/developers/graphql */
export async function sendQuery<S extends z.ZodType>(
  request: BoundRequest,
  { query, variables, answer }: Query<S>,
): Promise<z.output<S>> {
  const { json } = await request({ method: 'POST', url: '/graphql', json: { query, variables }, readRefusal })
  return readAnswer(answer, json, 'Linear')
}
