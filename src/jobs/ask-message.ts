import type { Missing } from '#asking/connect-request.ts'
import { readAllowed } from '#asking/consents.ts'
import { describeFootprint } from '#asking/describe-footprint.ts'
import { REASON_TEXTS } from '#asking/pages/connect-page.ts'
import { applicationName, describeApplication } from '#connections/describe-application.ts'
import { connectorOf } from '#connections/parent.ts'
import type { RecipeUse, Standing } from '#connections/standing.ts'
import type { JobId } from '#core/ids.ts'
import type { Message, MessageButton } from '#surfaces/surface.ts'
import type { JobsContext } from './context.ts'

/** What is missing at one application, with how the person's connection there stands. */
export interface Lacking extends Missing {
  standing: Extract<Standing, { kind: 'interrupted' }>
}

/** The private message that asks a person: which applications, why, in plain words, one link, and a button to leave it. */
export async function askMessage(
  ctx: JobsContext,
  {
    lacking,
    recipeName,
    use,
    link,
    jobId,
  }: { lacking: Lacking[]; recipeName: string; use: RecipeUse; link: URL; jobId: JobId },
): Promise<Message> {
  const fields = []
  for (const each of lacking) fields.push({ name: nameAmong(ctx, lacking, each), value: await whyText(ctx, each, use) })
  const names = new Intl.ListFormat('en').format(fields.map(({ name }) => name))
  const accounts = fields.length === 1 ? `your own ${names} account` : `your own accounts at ${names}`
  if (lacking.every(({ reason }) => reason === 'consent_needed'))
    return {
      text: `“${recipeName}” wants to use ${accounts}. Allow it once, and it goes on by itself.`,
      fields,
      links: [{ label: `Allow ${fields.length === 1 ? names : 'it'}`, url: link.href }],
      tone: 'neutral',
      buttons: [notNow(jobId)],
    }
  return {
    text: `“${recipeName}” works with ${accounts}. Connect once, and it goes on by itself.`,
    fields,
    links: [{ label: fields.length === 1 ? `Connect ${names}` : 'Connect accounts', url: link.href }],
    tone: 'neutral',
    buttons: [notNow(jobId)],
  }
}

const notNow = (job: JobId): MessageButton => ({
  label: 'Not now',
  style: 'plain',
  press: { do: 'cancel', job },
  confirm: null,
})

function nameOf(ctx: JobsContext, { standing: { parent } }: Lacking): string {
  return parent ? applicationName(connectorOf(ctx, parent.connector), parent.name) : 'an application'
}

/** Two connections of one application are told apart by their names. */
function nameAmong(ctx: JobsContext, lacking: Lacking[], each: Lacking): string {
  const name = nameOf(ctx, each)
  const isAlone = lacking.filter((other) => nameOf(ctx, other) === name).length === 1
  return isAlone ? name : `${name} (${each.standing.parent?.name ?? each.parentId})`
}

/** Why, with what is new where something was given or allowed before. */
async function whyText(ctx: JobsContext, { reason, standing }: Lacking, use: RecipeUse): Promise<string> {
  const { parent, connectionId, missingScopes } = standing
  const list = new Intl.ListFormat('en')
  if (parent && missingScopes.length > 0) {
    const scopes = describeApplication(ctx, parent).scopes.filter(({ name }) => missingScopes.includes(name))
    return `${REASON_TEXTS[reason]} New: ${list.format(scopes.map(({ description }) => description))}.`
  }
  if (parent && reason === 'consent_needed') {
    const before = (await readAllowed(ctx.db, connectionId)).get(use.recipeId)
    const grown = before ? use.footprint.filter((entry) => !before.includes(entry)) : []
    const words = describeFootprint(ctx, grown, parent.id)
    if (words.length > 0) return `You allowed it before. It now also will ${list.format(words)}.`
  }
  return REASON_TEXTS[reason]
}
