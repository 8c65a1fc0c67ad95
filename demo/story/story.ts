import { until } from '../../test/support/until.ts'

/** A readable transcript with its checks. */
export interface Story {
  /** Begins a scene. */
  scene(title: string): void
  /** What somebody does or says. */
  tells(who: string, what: string): void
  /** Records that something is so, or is not; what was seen instead is then told as well. */
  check(what: string, isSo: boolean, seen?: string): void
  /** Records whether it becomes so within 15 seconds. */
  checkSoon(what: string, becomesSo: () => Promise<boolean>): Promise<void>
  /** Records that the play broke off. */
  breaksOff(error: unknown): void
  /** The last line; true when everything was so. */
  end(): boolean
}

/** A story told to `tell`, line by line. */
export function beginStory(tell: (line: string) => unknown): Story {
  const count = { passed: 0, failed: 0, scenes: 0 }
  const check: Story['check'] = (what, isSo, seen) => {
    count[isSo ? 'passed' : 'failed'] += 1
    tell(`   ${isSo ? '✓' : '✗'} ${what}${!isSo && seen ? `, but: ${seen}` : ''}`)
  }
  return {
    scene(title) {
      count.scenes += 1
      tell(`\n${count.scenes}. ${title}`)
    },
    tells: (who, what) => tell(`   ${who.padEnd(7)} ${what}`),
    check,
    async checkSoon(what, becomesSo) {
      check(
        what,
        await until(becomesSo).then(
          () => true,
          () => false,
        ),
      )
    },
    breaksOff(error) {
      check(`the play goes on: ${error instanceof Error ? describe(error) : String(error)}`, false)
    },
    end() {
      const all = count.passed + count.failed
      tell(`\ndemo: ${count.passed} of ${all} checks passed`)
      return count.failed === 0
    },
  }
}

function describe({ message, cause, stack }: Error): string {
  const at =
    stack
      ?.split('\n')
      .find((line) => line.includes('/demo/story/'))
      ?.trim() ?? ''
  return `${message}${cause ? ` (${cause instanceof Error ? cause.message : String(cause)})` : ''} ${at}`
}
