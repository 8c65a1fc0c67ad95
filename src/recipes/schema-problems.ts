import type { z } from 'zod'
import { below, type Problem } from './problem.ts'

type Issue = z.core.$ZodIssue

/**
 * zod's issues as problems, `at` being the path of what was checked. A union's issue becomes those of the branch that came furthest,
 * a missing value is said to be missing, an unknown key is named by its own path.
 */
export function schemaProblems(issues: readonly Issue[], code: string, at = ''): Problem[] {
  return issues.flatMap((issue) => {
    const path = issue.path.reduce<string>(below, at)
    switch (issue.code) {
      case 'invalid_union':
        return unionProblems(issue, code, path)
      case 'unrecognized_keys':
        return issue.keys.map((key) => ({ path: below(path, key), code, message: 'is not known here' }))
      case 'invalid_key':
        return [{ path, code, message: `is no fit name: ${issue.issues.map((inner) => inner.message).join('; ')}` }]
      default:
        return [{ path, code, message: isMissing(issue) ? 'is missing' : issue.message }]
    }
  })
}

function unionProblems(issue: Extract<Issue, { code: 'invalid_union' }>, code: string, path: string): Problem[] {
  const closest = issue.errors.toSorted((a, b) => furthest(b) - furthest(a))[0]
  if (closest === undefined || furthest(closest) === 0) return [{ path, code, message: issue.message }]
  return schemaProblems(closest, code, path)
}

/** How deep in the value a branch's first complaint lies: the branch that was meant complains about details. */
function furthest(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length))
}

function isMissing(issue: Issue): boolean {
  return issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
}
