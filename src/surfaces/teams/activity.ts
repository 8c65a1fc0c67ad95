import { z } from 'zod'

const Account = z.object({
  id: z.string().max(400),
  name: z.string().max(400).optional(),
  aadObjectId: z.string().max(100).optional(),
  role: z.string().max(40).optional(),
})

/** What Teams sends, as far as it is anything to us. learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference */
export const Activity = z.object({
  type: z.string().max(60),
  id: z.string().max(400).default(''),
  /** Of an invoke. */
  name: z.string().max(100).optional(),
  /** Of an installation. */
  action: z.string().max(60).optional(),
  text: z.string().max(30_000).optional(),
  /** What a card sends. */
  value: z.unknown().optional(),
  channelId: z.string().max(60),
  serviceUrl: z.string().max(1000),
  replyToId: z.string().max(400).optional(),
  from: Account,
  recipient: Account.optional(),
  conversation: z.object({
    id: z.string().max(1000),
    conversationType: z.string().max(60).optional(),
    tenantId: z.string().max(100).optional(),
  }),
  channelData: z.object({ tenant: z.object({ id: z.string().max(100) }).optional() }).nullish(),
  entities: z
    .array(
      z.looseObject({
        type: z.string().max(100),
        text: z.string().max(1000).optional(),
        mentioned: z.looseObject({ id: z.string().max(400).optional() }).optional(),
      }),
    )
    .nullish(),
})
export type Activity = z.infer<typeof Activity>

/** Every tenant that an activity says it is of. */
export function tenantsOf({ conversation, channelData }: Activity): string[] {
  return [conversation.tenantId, channelData?.tenant?.id].filter((tenant) => tenant !== undefined)
}

/** Somebody's chat with the bot, in which nobody else reads. */
export const isPersonal = ({ conversation }: Activity): boolean => conversation.conversationType === 'personal'

/** What somebody wrote to the bot, without naming it; null where it was not named and others speak to one another. */
export function readText(activity: Activity): string | null {
  const { text = '', recipient, entities } = activity
  const mentions = (entities ?? []).filter(
    ({ type, mentioned }) => type === 'mention' && mentioned?.id === recipient?.id,
  )
  if (!isPersonal(activity) && mentions.length === 0) return null
  const own = mentions.reduce((rest, { text: mention }) => (mention ? rest.replace(mention, ' ') : rest), text)
  return own
    .replace(/<at[^>]*>(.*?)<\/at>/gs, '$1')
    .replace(/&(nbsp|lt|gt|quot|amp);/g, (entity, name: string) => ENTITIES[name] ?? entity)
    .trim()
}

const ENTITIES: Record<string, string> = { nbsp: ' ', lt: '<', gt: '>', quot: '"', amp: '&' }
