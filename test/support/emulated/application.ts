import type { SeedConfig } from 'emulate'
import type { Issued } from './issued.ts'

export interface Asked {
  method: string
  /** With its query. */
  path: string
  headers: Record<string, string>
  body: string
  /** The access token that was sent. */
  token: string | null
}

export interface Answered {
  status: number
  headers: Record<string, string>
  body: string
}

/** Asks the application with one of `TOKENS`; its JSON. */
// biome-ignore lint/suspicious/noExplicitAny: what the emulators answer is read field by field
export type AskAs = (token: string, path: string, init?: { body: string; type?: string }) => Promise<any>

export interface Made {
  title: string
  /** `alice` */
  owner: string
}

/** One application: what `emulate` is started with, and what the door puts right. */
export interface Application {
  seed(client: object): SeedConfig
  /** What the vendor's path is called at the emulator. */
  rewrite?(path: string): string
  tokenPath: string
  /** Where a `token` is posted to be revoked; null where `answer` does it, or nobody can. */
  revokePath: string | null
  /** What a dead token is answered. */
  unauthorized: Answered
  /** What the emulator has not, answered as the vendor documents it; undefined: it has. */
  answer?(
    asked: Asked,
    inside: { issued: Issued; forward(asked: Asked): Promise<Answered> },
  ): Promise<Answered | undefined>
  /** What people made there, and whose it is. */
  records(ask: AskAs): Promise<Made[]>
}

/** Tokens with which a test asks the application what its people see. */
export const TOKENS = { alice: 'the-token-alice-has-in-tests', bob: 'the-token-bob-has-in-tests' }

export const PEOPLE = [
  { login: 'alice', name: 'Alice Ng', email: 'alice@acme.test' },
  { login: 'bob', name: 'Bob Ortiz', email: 'bob@acme.test' },
]

/** `TOKENS`, for an emulator that knows people by their address. */
export const BY_EMAIL = {
  [TOKENS.alice]: { login: 'alice@acme.test' },
  [TOKENS.bob]: { login: 'bob@acme.test' },
}

/** `alice` of `alice@acme.test`. */
export const loginOf = (email: string): string => email.split('@')[0] ?? ''

export const jsonAnswer = (body: unknown, status = 200): Answered => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})
