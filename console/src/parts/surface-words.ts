/** Places where people run recipes and are asked, by name; a connection made from a page here came from `web`. */
export const SURFACES = [
  { value: 'web', label: 'Console' },
  { value: 'portal', label: 'Chat here' },
  { value: 'slack', label: 'Slack' },
  { value: 'teams', label: 'Teams' },
  { value: 'mcp', label: 'MCP' },
  { value: 'api', label: 'API' },
]

/** Where a connection was made from, or a job was invoked; one this console does not know, as the server spells it. */
export function surfaceWords(surface: string | null): string {
  return SURFACES.find(({ value }) => value === surface)?.label ?? surface ?? '–'
}
