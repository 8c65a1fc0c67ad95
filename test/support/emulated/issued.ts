import { TOKENS } from './application.ts'

/** The tokens of one authorization; no access token when that ran out. */
interface Grant {
  access: string | null
  refresh: string | null
}

/** The tokens an emulated application has given, and what became of them. */
export interface Issued {
  /** How often a token was refreshed with success. */
  refreshes: number
  opens(access: string | null): boolean
  renews(refresh: string): boolean
  /** `from`: the refresh token these were given for, which they replace. */
  add(tokens: { access: string; refresh: string | null }, from: string | null): void
  /** With one token of a grant the other ends as well. */
  end(token: string): void
  /** Every access token has run out. */
  expire(): void
  live(): string[]
}

/** None yet, but those with which tests ask. */
export function noteIssued(): Issued {
  const ours = Object.values(TOKENS)
  const grants: Grant[] = []
  const issued: Issued = {
    refreshes: 0,
    opens: (access) =>
      ours.includes(access ?? '') || grants.some((grant) => access !== null && grant.access === access),
    renews: (refresh) => grants.some((grant) => grant.refresh === refresh),
    add({ access, refresh }, from) {
      if (from !== null) {
        issued.refreshes += 1
        issued.end(from)
      }
      grants.push({ access, refresh: refresh ?? from })
    },
    end(token) {
      const dead = grants.findIndex(({ access, refresh }) => access === token || refresh === token)
      if (dead >= 0) grants.splice(dead, 1)
    },
    expire() {
      for (const grant of grants) grant.access = null
    },
    live: () => grants.flatMap(({ access, refresh }) => [access, refresh]).filter((token) => token !== null),
  }
  return issued
}
