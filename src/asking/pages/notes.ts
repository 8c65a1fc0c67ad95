import { html } from 'hono/html'

/** A word about what just happened, by its code in the address. */
const NOTES: Record<string, { tone: '' | 'bad'; text: string }> = {
  connected: { tone: '', text: 'Connected.' },
  allowed: { tone: '', text: 'Thank you. What you allowed has gone on by itself.' },
  changed: { tone: 'bad', text: 'A recipe was changed while you were reading. Look again at what it does now.' },
  denied: {
    tone: 'bad',
    text: 'You did not give access, so nothing was connected. You can try again, or choose “Not now”.',
  },
  left_out: {
    tone: 'bad',
    text: 'You are connected, but something that is needed was left out at the application. Connect again and give all of it.',
  },
  kept: {
    tone: '',
    text: 'The other account was not connected. Sign out of it at the application, then connect again.',
  },
  credential_invalid: { tone: 'bad', text: 'Fill in every field. Nothing was connected.' },
  credential_refused: {
    tone: 'bad',
    text: 'The application did not accept what you typed, so nothing was connected. Check it, and type it in again.',
  },
  credential_tries_used_up: {
    tone: 'bad',
    text: 'What you typed was not accepted ten times. Nothing was connected; try again in an hour.',
  },
}

export function noteHtml(note: string | null) {
  const known = note !== null && Object.hasOwn(NOTES, note) ? NOTES[note] : undefined
  return known ? html`<p class="notice ${known.tone}" role="status">${known.text}</p>` : ''
}
