import { readFootprintEntry } from '#recipes/footprint.ts'
import type { AskingContext } from './context.ts'

/**
 * What entries of a footprint do, in the words of the person who is asked: "create records as you". What is done with the person's own
 * account under another parent than `parentId` is said with its application, what is done with a connection's own account with that too.
 */
export function describeFootprint(
  ctx: Pick<AskingContext, 'connectors'>,
  entries: readonly string[],
  parentId: string,
): string[] {
  const texts = entries.flatMap((entry) => {
    const read = readFootprintEntry(entry)
    const connector = read && ctx.connectors.get(read.connector)
    const action = connector?.actions.find(({ name }) => name === read?.action)
    if (!read || !connector || !action) return []
    const to = recipientText(read.recipient)
    if (read.shared) return [`${lowerFirst(action.label)} at ${connector.label}${to}, with an account of its own`]
    return [`${action.consentText}${read.connectionId === parentId ? '' : ` at ${connector.label}`}${to}`]
  })
  return [...new Set(texts)]
}

function recipientText(recipient: string | null): string {
  if (recipient === null || recipient === 'nobody') return ''
  if (recipient === 'anyone') return ' (wherever the run says)'
  return ` (${recipient.replace(/^"(.*)"$/s, '“$1”')})`
}

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1)
