/**
 * Who keeps the key-encryption keys. A data key goes in and comes out wrapped; what the provider wraps with never reaches us
 * where it can be kept elsewhere.
 */
export interface KeyProvider {
  /** The version new data keys are wrapped with. */
  version(): number
  /** Names a key without telling it: the database remembers it, and a start with another key is refused. */
  fingerprint(): Promise<string>
  /** Wraps a 32-byte data key. `context` must be given again to unwrap. */
  wrap(dataKey: Buffer, context: string): Promise<Buffer>
  /** Throws `Bug` when the context differs, the bytes were changed, or the key is not the one it was wrapped with. */
  unwrap(wrapped: Buffer, context: string): Promise<Buffer>
}
