import type { ChatMessage } from '../contract.ts'

/**
 * Both, each line once, by time. A line may come twice (by an answer, by the stream, by a reading): the later one takes the place of
 * the earlier. Lines of the same instant keep the order in which they came.
 */
export function mergeMessages(before: ChatMessage[], added: ChatMessage[]): ChatMessage[] {
  const byId = new Map(before.map((message) => [message.id, message]))
  for (const message of added) byId.set(message.id, message)
  return [...byId.values()].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
}
