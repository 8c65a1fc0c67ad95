const MAX_CHARACTERS = 200

/**
 * What people are told about scopes, by scope, in a text such as `contacts.read = See your contacts; files = Read your files`; or what is
 * wrong with it.
 */
export function readScopeTexts(text: string): ReadonlyMap<string, string> | string {
  const texts = new Map<string, string>()
  const entries = text
    .split(';')
    .map((entry) => entry.trim())
    .filter(Boolean)
  for (const entry of entries) {
    const [, scope, words] = /^(\S+)\s+=\s+(\S.*)$/.exec(entry) ?? []
    if (!scope || !words) return 'must be texts such as contacts.read = See your contacts; files = Read your files'
    if (words.length > MAX_CHARACTERS) return `says more than ${MAX_CHARACTERS} characters about ${scope}`
    if (texts.has(scope)) return `names ${scope} twice`
    texts.set(scope, words)
  }
  return texts
}

/** The scopes in a text with spaces between, each once. */
export const namesOfScopes = (text: string): string[] => [...new Set(text.split(' ').filter(Boolean))]
