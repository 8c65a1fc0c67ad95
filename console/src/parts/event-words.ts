const WORDS: Record<string, string> = {
  'connection.created': 'Made',
  'connection.changed': 'Changed',
  'connection.authorized': 'Connected',
  'connection.disconnected': 'Disconnected',
  'connection.deleted': 'Deleted',
  'connection.lost': 'Lost: the application no longer accepts it',
  'connection.orphaned': 'Orphaned: the connection it belonged to was deleted',
  'connection.revoked_at_application': 'Revoked at the application',
  'connection.revocation_failed': 'The application did not revoke it',
  'consent.given': 'A recipe was allowed to use it',
  'consent.withdrawn': 'A recipe was no longer allowed to use it',
}

/** An audit action of a connection in a few words; one that this console does not know, in the server's: "connection asked again". */
export function eventWords(action: string): string {
  return WORDS[action] ?? action.replace(/^connection\./, '').replaceAll(/[._]/g, ' ')
}
