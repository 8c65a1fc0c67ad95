import { SESSION_LIFETIME_SECONDS } from './sessions.ts'

/** The attributes of the session's cookie, as cookie writers take them; `maxAge` is in seconds. */
export interface SessionCookie {
  name: '__Host-behalf' | 'behalf'
  options: { httpOnly: true; sameSite: 'Lax'; secure: boolean; path: '/'; maxAge: number }
}

/**
 * The cookie that holds the session's token. Over https its `__Host-` name makes browsers refuse one set by another host
 * or without Secure. Lax and not Strict, because a person comes back from an application's consent page with it.
 */
export function sessionCookie(publicUrl: URL): SessionCookie {
  const secure = publicUrl.protocol === 'https:'
  return {
    name: secure ? '__Host-behalf' : 'behalf',
    options: { httpOnly: true, sameSite: 'Lax', secure, path: '/', maxAge: SESSION_LIFETIME_SECONDS },
  }
}
