/** Names under which a credential travels, in JSON, in forms, in headers and in query strings. */
const NAMES =
  'access_token|refresh_token|id_token|client_secret|client_assertion|code_verifier|code|state|password|passwd|pwd|token|secret|authorization|proxy-authorization|cookie|set-cookie|api[_-]?key|signature|completion|private_key|sealing_key'

const IS_NAME = new RegExp(`^(?:.*[_.-])?(?:${NAMES})$`, 'i')

/** Whether what stands under this name is a credential, whatever it looks like. */
export function namesCredential(name: string): boolean {
  // Ours are called `code` too: `outside_timeout`.
  return name !== 'code' && IS_NAME.test(name.replace(/([a-z])([A-Z])/g, '$1_$2'))
}

const RULES: [RegExp, string][] = [
  [/\b(Bearer|Basic|Digest|DPoP|token)\s+[A-Za-z0-9._~+/=:-]{8,}/gi, '$1 [secret]'],
  // A form, a query, a header that was written out.
  [new RegExp(`((?:^|[?&;,\\s{(])(?:[\\w-]*[_-])?(?:${NAMES})\\s*=\\s*)[^&\\s"'\\\\;,)}]+`, 'gi'), '$1[secret]'],
  [
    /\b((?:proxy-)?authorization|(?:set-)?cookie|x-[a-z-]*(?:key|token|secret|signature))\s*:\s*[^\r\n"'\\]+/gi,
    '$1: [secret]',
  ],
  // JSON, also JSON within a string of JSON.
  [new RegExp(`("(?:[\\w-]*[_-])?(?:${NAMES})"\\s*:\\s*")(?:[^"\\\\]|\\\\.)*(")`, 'gi'), '$1[secret]$2'],
  [new RegExp(`(\\\\+"(?:[\\w-]*[_-])?(?:${NAMES})\\\\+"\\s*:\\s*\\\\+").*?(\\\\+")`, 'gi'), '$1[secret]$2'],
  [new RegExp(`('?\\b(?:${NAMES})'?\\s*:\\s*')(?:[^'\\\\]|\\\\.)*(')`, 'gi'), '$1[secret]$2'],
  [/(\/connect\/l\/)[A-Za-z0-9_-]+/g, '$1[secret]'],
  [/(\/hooks\/[a-z0-9_]+\/)[A-Za-z0-9_-]+/g, '$1[secret]'],
  // By their looks: our API keys, JSON Web Tokens, tokens of well-known applications.
  [/\bbhk_[A-Za-z0-9]+/g, '[secret]'],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, '[secret]'],
  [/\b(xox[a-z]|gh[opsur]|github_pat|ya29|00D[A-Za-z0-9]{12,15}!)[-_.A-Za-z0-9!]{10,}/g, '[secret]'],
  [/(:\/\/)[^/\s:@"]*:[^/\s@"]+@/g, '$1[secret]@'],
]

/** Takes everything that looks like a credential out of a text. */
export function scrub(text: string): string {
  return RULES.reduce((scrubbed, [pattern, replacement]) => scrubbed.replace(pattern, replacement), text)
}
