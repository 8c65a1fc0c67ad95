import { UserError } from '#core/errors.ts'
import type { Expressions } from './expressions.ts'

export function makeExpressionPool(): Expressions {
  return {
    async evaluate([first]) {
      throw new UserError('expression_broken', `The expression at ${first?.path} cannot be evaluated.`, { status: 422 })
    },
    async close() {},
  }
}
