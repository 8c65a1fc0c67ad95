import type { Json } from './team.ts'

/**
 * What Slack refuses of blocks and views, by the limits its Block Kit reference names, which the emulator does not check: a surface that
 * sends more is answered here as it would be there.
 */
export function checkBlocks({ blocks = [], text = '' }: Json): Json | undefined {
  if (text.length > 40_000) return { ok: false, error: 'msg_too_long' }
  return answer(problemsOf(blocks, 50))
}

export function checkView(view: Json): Json | undefined {
  const { type, title, submit, close, blocks, private_metadata: metadata = '' } = view
  const problems = problemsOf(blocks, 100)
  for (const label of type === 'modal' ? [title, submit, close] : [])
    if (label && (label.text.length > 24 || label.text === '')) problems.push(`${label.text}: more than 24 characters`)
  if (metadata.length > 3000) problems.push('private_metadata: more than 3000 characters')
  if (type === 'modal' && blocks.some((block: Json) => block.type === 'input') && !submit)
    problems.push('submit is missing')
  return answer(problems)
}

const answer = (messages: string[]): Json | undefined =>
  messages.length > 0 ? { ok: false, error: 'invalid_blocks', response_metadata: { messages } } : undefined

function problemsOf(blocks: Json[], most: number): string[] {
  const problems = blocks.length > most ? [`more than ${most} blocks`] : []
  const ids = blocks.map(({ block_id }) => block_id).filter(Boolean)
  if (new Set(ids).size < ids.length) problems.push('block_id is there twice')
  const tooLong = (what: string, text: string | undefined, limit: number) => {
    if (text !== undefined && (text.length > limit || text === ''))
      problems.push(`${what}: ${text.length} characters, of 1 to ${limit}`)
  }
  for (const block of blocks) {
    tooLong('block_id', block.block_id, 255)
    if (block.type === 'section') tooLong('section', block.text?.text, 3000)
    if (block.type === 'header') tooLong('header', block.text?.text, 150)
    if (block.type === 'input') tooLong('label', block.label?.text, 2000)
    if (block.type === 'input') tooLong('hint', block.hint?.text, 2000)
    for (const field of block.fields ?? []) tooLong('field', field.text, 2000)
    if ((block.fields ?? []).length > 10) problems.push('more than 10 fields')
    const elements = [...(block.elements ?? []), block.accessory, block.element].filter(Boolean)
    if (block.type === 'actions' && elements.length > 25) problems.push('more than 25 elements')
    if (block.type === 'context' && elements.length > 10) problems.push('more than 10 elements')
    for (const element of elements) checkElement(element, tooLong, problems)
  }
  return problems
}

function checkElement(
  element: Json,
  tooLong: (what: string, text: string | undefined, limit: number) => void,
  problems: string[],
): void {
  tooLong('action_id', element.action_id, 255)
  if (element.type === 'button') {
    tooLong('button', element.text?.text, 75)
    tooLong('value', element.value, 2000)
    tooLong('url', element.url, 3000)
  }
  tooLong('placeholder', element.placeholder?.text, 150)
  const { options = [], confirm } = element
  if (options.length > 100 || (element.options && options.length === 0)) problems.push('1 to 100 options')
  for (const { text, value } of options) {
    tooLong('option', text.text, 75)
    tooLong('value', value, 150)
  }
  if (!confirm) return
  tooLong('title', confirm.title?.text, 100)
  tooLong('confirm text', confirm.text?.text, 300)
  tooLong('confirm', confirm.confirm?.text, 30)
  tooLong('deny', confirm.deny?.text, 30)
}
