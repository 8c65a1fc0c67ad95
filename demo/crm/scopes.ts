/** What a connected app may ask for, as Salesforce names it, in words for the consent page. */
export const SCOPES: Record<string, string> = {
  api: 'Read and write your records',
  refresh_token: 'Stay connected until you revoke it',
  offline_access: 'Stay connected until you revoke it',
  id: 'See your name and e-mail address',
  profile: 'See your name and e-mail address',
  email: 'See your name and e-mail address',
  openid: 'Know that it is you',
}

/** The plain words for a scope parameter, each once. */
export function describeScopes(scope: string): string[] {
  return [...new Set(scope.split(' ').flatMap((name) => SCOPES[name] ?? []))]
}

/** Whether a grant of these scopes comes with a refresh token. */
export function staysConnected(scopes: ReadonlySet<string>): boolean {
  return scopes.has('refresh_token') || scopes.has('offline_access')
}
