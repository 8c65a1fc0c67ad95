/** Ours to set: each request has its own, or another value would break what ties the answer to it. */
const RESERVED = new Set([
  ...['response_type', 'response_mode', 'client_id', 'client_secret', 'redirect_uri', 'state', 'scope', 'resource'],
  ...['code_challenge', 'code_challenge_method', 'request', 'request_uri', 'nonce'],
])

/** The parameters in a text such as `prompt=consent&access_type=offline`; or what is wrong with it. */
export function readParameters(text: string): Record<string, string> | string {
  const parameters: Record<string, string> = Object.create(null)
  for (const [name, value] of new URLSearchParams(text.trim())) {
    if (!name || !value) return 'must be parameters such as prompt=consent&access_type=offline'
    if (RESERVED.has(name)) return `may not set ${name}, which Behalf sets itself`
    if (name in parameters) return `names ${name} twice`
    parameters[name] = value
  }
  return { ...parameters }
}
