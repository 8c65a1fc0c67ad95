import type { CustomFetch } from 'openid-client'

const LONGEST_LIFETIME_SECONDS = 10 * 365 * 86_400

/**
 * Tokens in a response that is a little wrong are tokens all the same: to refuse them would lose a refresh token that the application has
 * renewed. What cannot be read is left out before openid-client sees it; so is the ID token, which no grant needs, and whose dates hang on
 * the application's clock.
 */
export function readableTokens(send: CustomFetch): CustomFetch {
  return async (url, options) => {
    const response = await send(url, options)
    if (response.status !== 200) return response
    const text = await response.text()
    return new Response(readable(text), { status: 200, headers: response.headers })
  }
}

function readable(text: string): string {
  const json = parse(text)
  if (typeof json?.access_token !== 'string') return text
  const { id_token: _, refresh_token, expires_in, scope, token_type, ...rest } = json
  return JSON.stringify({
    ...rest,
    token_type: typeof token_type === 'string' && token_type !== '' ? token_type : 'bearer',
    ...(typeof refresh_token === 'string' && refresh_token !== '' && { refresh_token }),
    ...lifetime(expires_in),
    ...(typeof scope === 'string' && { scope }),
    ...(Array.isArray(scope) && { scope: scope.join(' ') }),
  })
}

/** 0 or less cannot mean that the token just given is over; a moment that no date can hold could not be stored. */
function lifetime(expiresIn: unknown): { expires_in?: number } {
  const seconds = typeof expiresIn === 'string' ? Number(expiresIn) : expiresIn
  if (typeof seconds !== 'number' || !(seconds > 0)) return {}
  return { expires_in: Math.min(seconds, LONGEST_LIFETIME_SECONDS) }
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const json = JSON.parse(text)
    return typeof json === 'object' && json !== null ? json : undefined
  } catch {
    return undefined
  }
}
