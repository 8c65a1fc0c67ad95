import { writeFile } from 'node:fs/promises'

/** Leaves what was measured in the file that `npm run chaos` names; without one, nowhere. */
export async function noteFigures(figures: object): Promise<void> {
  const file = process.env.CHAOS_FIGURES
  if (file) await writeFile(file, JSON.stringify(figures))
}
