import type { Page } from '../../test/support/browser.ts'
import { startCallbackServer } from '../../test/support/callback-server.ts'
import { type OAuthClient, oauthClient } from '../../test/support/oauth-client.ts'
import type { CrmClient } from './crm-data.ts'
import { type Crm, type CrmOptions, startCrm } from './start-crm.ts'

/** A CRM with one registered application, for the tests beside it. */
export interface CrmFixture {
  crm: Crm
  client: OAuthClient
  registered: CrmClient
  stop(): Promise<void>
}

export async function startCrmFixture(options: CrmOptions = {}): Promise<CrmFixture> {
  const callback = await startCallbackServer()
  const registered: CrmClient = {
    client_id: 'behalf',
    client_secret: 'a-secret-of-the-test',
    client_name: 'Behalf',
    redirect_uris: [callback.url],
  }
  const crm = await startCrm({ ...options, clients: [registered] })
  const client = await oauthClient({
    issuer: crm.url,
    clientId: registered.client_id,
    clientSecret: registered.client_secret,
    redirectUri: callback.url,
  })
  return {
    crm,
    client,
    registered,
    async stop() {
      await crm.stop()
      await callback.stop()
    },
  }
}

/** What a person does who signs in and allows. */
export function allowAs(name: string): (page: Page) => Promise<Page> {
  return async (page) => (await page.click(`Continue as ${name}`)).click('Allow')
}
