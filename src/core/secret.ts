import { inspect } from 'node:util'

/**
 * A credential held in memory. It prints as `[secret]` in every form a value can be printed in:
 * string, JSON, template, `console.log`, error causes. `reveal()` is called only in `connections/`
 * and where an outgoing request is built; a rule test says so.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The credential itself. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [inspect.custom](): string {
    return '[secret]'
  }
}
