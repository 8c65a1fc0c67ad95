import * as oauth from 'openid-client'
import { type Browser, openBrowser, type Page } from './browser.ts'

interface ClientOptions {
  issuer: string
  clientId: string
  clientSecret: string
  redirectUri: string
}

/** An application of its own at an authorization server: openid-client and a person's browser, for tests of that server. */
export interface OAuthClient {
  config: oauth.Configuration
  /**
   * Sends `browser` to the authorization server, lets `act` do there what the person does, and exchanges the code that comes back.
   * `act` ends on the redirect to the application.
   */
  authorize(options: {
    scope: string
    act(page: Page): Promise<Page>
    browser?: Browser
    parameters?: Record<string, string>
  }): Promise<oauth.TokenEndpointResponse>
}

/** Discovers the server and returns a confidential client of it. `redirectUri` must be served by something that answers. */
export async function oauthClient({
  issuer,
  clientId,
  clientSecret,
  redirectUri,
}: ClientOptions): Promise<OAuthClient> {
  const config = await oauth.discovery(new URL(issuer), clientId, clientSecret, undefined, {
    execute: [oauth.allowInsecureRequests],
  })
  return {
    config,
    async authorize({ scope, act, browser = openBrowser(), parameters = {} }) {
      const pkceCodeVerifier = oauth.randomPKCECodeVerifier()
      const expectedState = oauth.randomState()
      const url = oauth.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope,
        state: expectedState,
        code_challenge: await oauth.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: 'S256',
        ...parameters,
      })
      const landed = await act(await browser.open(url))
      return oauth.authorizationCodeGrant(config, new URL(landed.url), { pkceCodeVerifier, expectedState })
    },
  }
}
