/**
 * Plain text as Jira's own kind of document: a paragraph for each block, a break for each line. Text stays text: no mark-up in it counts,
 * and nobody is mentioned (and so told) by it. https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
 */
export function documentOf(text: string) {
  const blocks = text
    .replace(/\r\n?/g, '\n')
    .split(/\n{2,}/)
    .filter((block) => block.trim() !== '')
  return { type: 'doc', version: 1, content: blocks.map((block) => ({ type: 'paragraph', content: linesOf(block) })) }
}

/** why: a text node may not be empty. */
function linesOf(block: string) {
  return block
    .split('\n')
    .flatMap((text, i) => [...(i > 0 ? [{ type: 'hardBreak' }] : []), ...(text === '' ? [] : [{ type: 'text', text }])])
}
