const CODES: Record<string, string> = {
  by_person: 'Its person disconnected it.',
  by_administrator: 'An administrator disconnected it.',
  parent_deleted: 'The connection it belonged to was deleted.',
}

/** Why a connection is no longer connected, in a sentence: the server says it as one, or as one of a few codes. Null when it says nothing. */
export function lostReason({
  connection_lost_reason: reason,
}: {
  connection_lost_reason: string | null
}): string | null {
  return reason === null ? null : (CODES[reason] ?? reason)
}
