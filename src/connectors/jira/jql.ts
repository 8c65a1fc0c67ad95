export interface Search {
  /** Words that an issue must have, in any of its texts. */
  text?: string | undefined
  project?: string | undefined
  status: 'any' | 'open' | 'done'
  assignee: 'anyone' | 'me'
}

/**
 * The query for a search, newest first. What people give is in it as quoted words alone.
 * https://support.atlassian.com/jira-software-cloud/docs/what-is-advanced-search-in-jira-cloud/
 */
export function jqlOf({ text, project, status, assignee }: Search): string {
  const clauses = [
    project && `project = ${quoted(project)}`,
    text && `text ~ ${quoted(wordsOf(text))}`,
    status === 'open' && 'statusCategory != Done',
    status === 'done' && 'statusCategory = Done',
    assignee === 'me' && 'assignee = currentUser()',
  ]
  return `${clauses.filter(Boolean).join(' AND ')} ORDER BY updated DESC`
}

/** Whether a text has a word to search for. */
export const hasWords = (text: string): boolean => wordsOf(text) !== ''

/**
 * The words of a text. Within the quotes is a second language (`*`, `?`, `"phrases"`, `-without`, AND, OR, NOT), none of which is meant: signs
 * become spaces, as they are when Jira indexes a text, and words in small letters are no operators.
 * https://support.atlassian.com/jira-software-cloud/docs/search-syntax-for-text-fields/
 */
function wordsOf(text: string): string {
  return text
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim()
    .toLowerCase()
}

/** A string of JQL: a backslash or a quotation mark in it ends nothing. */
export const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`
