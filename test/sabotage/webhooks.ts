import type { Sabotage } from '../sabotages.ts'

const WEBHOOKS = 'test/scenarios/webhooks.test.ts'

/** What a webhook's recipe is given, and how often. */
export const webhookSabotages: Sabotage[] = [
  {
    name: 'webhooks: a cookie is among the headers',
    test: WEBHOOKS,
    testName: 'a webhook gives every header but credentials',
    file: 'src/server/read-webhook-call.ts',
    find: "  'cookie',\n",
    replace: '',
  },
  {
    name: 'webhooks: a delivery known by webhook-id starts twice',
    test: WEBHOOKS,
    testName: 'the same webhook-id starts one job',
    file: 'src/server/read-webhook-call.ts',
    find: "headers['idempotency-key'] || headers['webhook-id'] || null",
    replace: "headers['idempotency-key'] || null",
  },
]
