/** Where the sealing keys themselves are kept. Which one is in use is for the database to say (see key-ring.ts). */
export interface KeySource {
  kind: 'environment' | 'file'
  /** All there are, 32 bytes each, the newest last; at least one. */
  read(): Promise<Buffer[]>
  /** Makes a new key and keeps it, on the disk before this resolves; a `UserError` where only an operator can. */
  append(): Promise<void>
  /** Forgets these keys for good, where they are kept by us. */
  remove(fingerprints: ReadonlySet<string>): Promise<void>
}
