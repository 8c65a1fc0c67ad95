import { Bug } from '#core/errors.ts'

/**
 * What `open` opens; undefined for what does not open any more, its key lost or its row tampered with: people must be able to go on, to
 * end it, and to cut it off all the same. `tell` is told why. Every other fault is thrown on.
 */
export async function whatOpens<T>(
  open: () => T | Promise<T>,
  tell: (error: Bug) => void = () => {},
): Promise<T | undefined> {
  try {
    return await open()
  } catch (error) {
    if (!(error instanceof Bug)) throw error
    tell(error)
    return undefined
  }
}
