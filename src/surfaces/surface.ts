import type { Hono } from 'hono'
import type { ConnectionId, JobId, PersonId, RecipeId, SurfaceAppId, WorkspaceId } from '#core/ids.ts'
import type { SurfaceApp } from '#core/surface-app.ts'

/** A link a person may follow. */
export interface MessageLink {
  label: string
  /** A whole URL. */
  url: string
}

/** A message that every surface can render natively. */
export interface Message {
  /** Plain text with line breaks. */
  text: string
  /** Name and value pairs shown below the text. */
  fields: { name: string; value: string }[]
  links: MessageLink[]
  tone: 'neutral' | 'success' | 'failure'
  /** What it lists below that, each with what can be done with it. */
  items?: MessageItem[]
  /** Below all else. */
  buttons?: MessageButton[]
  /** Beside the buttons. */
  menus?: MessageMenu[]
}

export interface MessageItem {
  text: string
  /** How it stands, in a word or two. */
  badge: { text: string; tone: Message['tone'] }
  buttons: MessageButton[]
  /** What else can be done with it, for surfaces that have the room. */
  more?: MessageButton[]
}

export interface MessageButton {
  label: string
  style: 'plain' | 'primary' | 'danger'
  press: Press
  /** What a person confirms first; null where nothing is lost. */
  confirm: string | null
}

/** A list to choose one of: choosing is pressing. At most a hundred. */
export interface MessageMenu {
  label: string
  options: { label: string; press: Press }[]
}

/**
 * What pressing a button, or sending a form, means. Surfaces carry it and do not read it. It holds no secret and gives no right: whoever
 * sends one that was never shown to them may do no more by it than they may by words.
 */
export type Press =
  | { do: 'say'; text: string }
  /** Runs a command with what was given so far; the rest is asked for. */
  | { do: 'run'; recipe: RecipeId; given: Record<string, string> }
  /** Answers what a job asks: by a choice, or by a form, which is opened for its fields. */
  | { do: 'choose'; job: JobId; step: string; choice: string }
  | { do: 'fill_in'; job: JobId; step: string }
  | { do: 'cancel'; job: JobId }
  /** Ties the browser that shows a code; it is asked for by a form. */
  | { do: 'type_code' }
  /** `parent` is the application's connection under which the person's own is made. */
  | { do: 'connect'; parent: ConnectionId }
  | { do: 'disconnect'; connection: ConnectionId }
  | { do: 'delete'; connection: ConnectionId }

/** Fields for a person to fill in, and the press that sends them. */
export interface Form {
  title: string
  fields: FormField[]
  submit: MessageButton
}

export interface FormField {
  name: string
  label: string
  type: 'text' | 'number' | 'boolean' | 'choice'
  hint: string | null
  required: boolean
  /** Of a choice. */
  choices: string[]
  /** As the person left it. */
  value: string | null
  /** What is wrong with that. */
  problem: string | null
}

/** What is answered at once to what a person said or pressed. What a job answers comes later, by `deliver`. */
export interface Reaction {
  /** For this person alone, in their order. */
  messages: Message[]
  /** Whether the first of them takes the place of the message whose button was pressed. */
  replaces: boolean
  /** To be opened, where what the person did lets the surface open one. */
  form: Form | null
}

/** What a surface delivers, and why. */
export type Outgoing =
  /** The answer of a job, or of one of its reply steps. */
  | {
      kind: 'reply'
      message: Message
      /** It is for its person alone, where others can read what is said. */
      private?: boolean
      /**
       * The `id` of the delivery whose message it takes the place of. Where that cannot be changed, or is gone, it is said anew, and what
       * takes the place of the same `id` later takes that of the new one.
       */
      replaces?: string
    }
  /** What a job asks its person: they answer where it is delivered, by a click or in words, or on the job's page. */
  | { kind: 'question'; message: Message }
  /** Asks one person to connect. Holds the link: it may only be delivered where that person alone can read. */
  | { kind: 'ask'; message: Message }
  /** A short word about something that happened, for its person: delivered where they alone can read. */
  | { kind: 'notice'; message: Message }

/** Where an invocation came from and its answers go. Only the surface itself reads `address`. */
export interface Origin {
  /** The surface's name. */
  surface: string
  /** JSON; sealed at rest. */
  address: Record<string, unknown>
}

export interface Delivery {
  /** The same for every try of one delivery, so that the surface can leave out a repetition. */
  id: string
  workspaceId: WorkspaceId
  /** For whom it is; null for jobs that have no person. */
  personId: PersonId | null
  jobId: JobId | null
  address: Record<string, unknown>
  outgoing: Outgoing
}

/** What came in for an app of a surface, written down before it was acknowledged. */
export interface Received {
  id: string
  appId: SurfaceAppId
  /** The same for every repetition of one delivery. */
  deliveryKey: string
  /** As the surface wrote it down. */
  body: unknown
  receivedAt: Date
}

/** A place where people invoke recipes and are asked. */
export interface Surface {
  /** `portal`; the folder's name. */
  name: string
  label: string
  /**
   * Delivers one message. Throws `OutsideError` when it could not: retryable, and the outbox tries again; or not, and the delivery
   * is given up: a job whose ask or question was given up fails with `ask_undeliverable` or `question_undeliverable`, and the error's words.
   */
  deliver(delivery: Delivery): Promise<void>
  /** Where a person can be told something unasked, for them alone; null when this surface cannot reach them. */
  addressOf(person: { id: PersonId; workspaceId: WorkspaceId; kind: string }): Promise<Record<string, unknown> | null>
  /** Does what something that came in asks for. It is called again when it throws, or its process ends meanwhile. */
  handle(received: Received): Promise<void>
  /** How an administrator sets it up; null where there is nothing to set up. */
  setUp: SurfaceSetUp | null
  /** How its people sign in on the web by the same app's client; null where they cannot. */
  signIn: SurfaceSignIn | null
}

/** What a surface's set-up page shows and asks; every page of the kind is made of this. */
export interface SurfaceSetUp {
  /** What it gives people, in a sentence. */
  summary: string
  fields: SetUpField[]
  /** What to do, in its order; `app` is null until something was saved. */
  steps(app: SurfaceApp | null, publicUrl: URL): SetUpStep[]
  /** Files to hand to the vendor, made for this server's address and what is saved. */
  files(app: SurfaceApp | null, publicUrl: URL): SetUpFile[]
  /** What is wrong with these settings, by field; empty when nothing is. */
  problems(settings: Record<string, string>): { field: string; problem: string }[]
  /** Tries what is saved, each thing that must work in its turn. */
  check(app: SurfaceApp): Promise<SetUpCheck[]>
  /** Where saving these settings installs it, and nowhere else; null where it is installed by a step of its own. */
  home(settings: Record<string, string>): { tenant: string; label: string } | null
}

export interface SetUpField {
  name: string
  label: string
  /** Where to find it. */
  hint: string
  /** Sealed, and never shown again. */
  secret: boolean
  required: boolean
  /** Of a choice; empty for a text. */
  choices: { value: string; label: string }[]
  /** What it is until something else is saved. */
  initial: string
  /** Whether the app's secrets are sent there: with another one each is given again, and nobody is known by the former one's word. */
  isAddress: boolean
}

/** A field to type a text into, which is required; what is else about it stands in `more`. */
export const setUpField = (
  name: string,
  label: string,
  hint: string,
  more: Partial<Omit<SetUpField, 'name' | 'label' | 'hint'>> = {},
): SetUpField => ({
  name,
  label,
  hint,
  secret: false,
  required: true,
  choices: [],
  initial: '',
  isAddress: false,
  ...more,
})

export interface SetUpStep {
  title: string
  text: string
  /** What to copy from here to the vendor. */
  copy: { label: string; value: string }[]
  links: MessageLink[]
  /** Names of files of `files`. */
  files: string[]
}

export interface SetUpFile {
  /** As it is saved: `manifest.json`. */
  name: string
  label: string
  type: string
  content: Uint8Array
}

export interface SetUpCheck {
  what: string
  isGood: boolean
  /** What was found, or what to do. */
  text: string
}

/** Signing in on the web by OpenID Connect with a surface's app. Whoever signs in there is the person they are on the surface. */
export interface SurfaceSignIn {
  label: string
  /** The client, and where; null while the settings name none. `secret` names the app's secret that is the client's. */
  clientOf(app: SurfaceApp): { issuer: string; clientId: string; secret: string } | null
  /**
   * Who somebody is on the surface, from the ID token's verified claims, and the tenants whose installation could be theirs; null where
   * they do not say.
   */
  accountOf(claims: Record<string, unknown>): { tenant: string; user: string; installedIn: string[] } | null
}

/** Lines that a process keeps open to a vendor, where the vendor does not send to us but is listened to. */
export interface Lines {
  /** Opens and closes them as the settings say by now; called every few seconds, never twice at once. */
  tend(): Promise<void>
  close(): Promise<void>
}

/** Every surface by name. */
export type SurfaceRegistry = ReadonlyMap<string, Surface>

/**
 * What a surface's folder exports as `surface`. `C` is what commands work with; it is whole only after every surface is made, hence the
 * function. Routes are mounted at their path.
 */
export interface SurfaceModule<C> {
  make(ctx: () => C): Surface
  routes(ctx: C): { path: string; routes: Hono }[]
  /** Null where it keeps none. */
  keepLines(ctx: C): Lines | null
}
