import type { RunnableCommand } from '#commands/chat/find-commands.ts'
import type { Message } from '#surfaces/surface.ts'

/** What this person may run, and how. */
export function helpMessage(commands: readonly RunnableCommand[], publicUrl: URL): Message {
  const accounts = { label: 'Personal accounts', url: new URL('/my/connections', publicUrl).href }
  if (commands.length === 0)
    return {
      text: 'Nothing is shared with you yet. When somebody shares a recipe, its command appears here. “connections” lists your own accounts.',
      fields: [],
      links: [accounts],
      tone: 'neutral',
    }
  return {
    text: 'You can run these. Type the command alone and I ask for the rest, or give it at once, as in “command name: value”. “connections” lists your own accounts.',
    fields: commands.map(({ command, description, applications, parameters }) => ({
      name: command,
      value: [
        description,
        parameters.length > 0
          ? `Needs ${parameters.map(({ name, required }) => (required ? name : `${name} (optional)`)).join(', ')}.`
          : '',
        applications.length > 0 ? `Works with ${new Intl.ListFormat('en').format(applications)}.` : '',
      ]
        .filter(Boolean)
        .join(' '),
    })),
    links: [accounts],
    tone: 'neutral',
  }
}
