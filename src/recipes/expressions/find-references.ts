import type { Reference } from './expressions.ts'

/** A node of JSONata's syntax tree, as far as it is looked at. */
interface Node {
  type?: string
  value?: unknown
  steps?: Node[]
  procedure?: Node
  arguments?: Node[]
  focus?: unknown
  [part: string]: unknown
}

/** Functions that take what they are not given from where they stand, and how many arguments they need not to. */
const NEEDED = new Map<unknown, number>([
  ['lookup', 2],
  ['each', 2],
  ['sift', 2],
  ['now', 0],
  ['millis', 0],
  ['random', 0],
])

/**
 * What an expression names at its top level, and whether it may look at everything: by `$$` or a parent (`%`); by `$`, a wildcard or a
 * bound context (`@`) there; or by a function that takes its argument from there.
 */
export function findReferences(ast: unknown): { references: Reference[]; takesAll: boolean } {
  const found = { references: new Map<string, Reference>(), takesAll: false }
  visit(ast as Node, true, found)
  return { references: [...found.references.values()], takesAll: found.takesAll }
}

interface Found {
  references: Map<string, Reference>
  takesAll: boolean
}

/** `atTop`: names here are those of the scope, not of an item within it. */
function visit(node: Node, atTop: boolean, found: Found): void {
  if (looksAround(node) || (atTop && looksAroundAtTop(node))) found.takesAll = true
  if (node.type === 'path') visitPath(node, atTop, found)
  else visitParts(node, atTop, found)
}

function visitPath({ steps = [], ...parts }: Node, atTop: boolean, found: Found): void {
  const [first] = steps
  const fromRoot =
    first?.type === 'variable' && (first.value === '$' || (atTop && first.value === '')) && isPlain(first)
  const names = fromRoot ? steps.slice(1) : steps
  const [root, below] = names
  if ((fromRoot || atTop) && root?.type === 'name') {
    addReference(root, below, found)
    if (names.some(({ focus }) => focus !== undefined)) found.takesAll = true
    for (const step of names) visit(step, false, found)
  } else {
    for (const [index, step] of steps.entries()) visit(step, atTop && index === 0, found)
  }
  visitParts(parts, false, found)
}

/** A predicate between them asks for the whole of what it stands on; after a bound context (`@`) names begin anew. */
function addReference(root: Node, below: Node | undefined, found: Found): void {
  const name = below?.type === 'name' && isPlain(root) ? String(below.value) : undefined
  const reference: Reference = name === undefined ? [String(root.value)] : [String(root.value), name]
  found.references.set(JSON.stringify(reference), reference)
}

const isPlain = (step: Node): boolean =>
  ['stages', 'predicate', 'group', 'focus'].every((part) => step[part] === undefined)

const looksAround = ({ type, value }: Node): boolean => type === 'parent' || (type === 'variable' && value === '$')

const looksAroundAtTop = (node: Node): boolean =>
  node.type === 'wildcard' ||
  node.type === 'descendant' ||
  (node.type === 'variable' && node.value === '') ||
  takesContext(node)

function takesContext({ type, procedure, arguments: given = [] }: Node): boolean {
  if (type === 'lambda') return false
  return type === 'function' && given.length < (NEEDED.get(procedure?.value) ?? 1)
}

/** Everything below a node: predicates and what groups or sorts a path stand on items of it. */
function visitParts(node: Node, atTop: boolean, found: Found): void {
  for (const [key, part] of Object.entries(node)) {
    const stays = atTop && !['stages', 'predicate', 'group', 'terms'].includes(key)
    visitPart(part, stays && !isTransformed(node, key), found)
  }
}

/** What a transformation changes is found within what it is given. */
const isTransformed = ({ type }: Node, key: string): boolean =>
  type === 'transform' && ['pattern', 'update', 'delete'].includes(key)

function visitPart(part: unknown, atTop: boolean, found: Found): void {
  if (typeof part !== 'object' || part === null) return
  if (Array.isArray(part)) for (const item of part) visitPart(item, atTop, found)
  else visit(part as Node, atTop, found)
}
