import { UserError } from '#core/errors.ts'
import { type Budget, copyWithin, refuseKey, spend } from './budget.ts'
import { below } from './problem.ts'
import { type Json, lookUp, type Scope } from './scope.ts'
import type { Mapping } from './step.ts'
import { type BrokenPill, type Pill, parseTemplate } from './template.ts'

/** How much one mapping may yield, in bytes of text and keys: a MiB. */
const MAX_OUTPUT = 1024 * 1024

/**
 * What a mapping yields in a scope, as a copy that shares nothing with it.
 *
 * A text that is one pill alone keeps the type of what it names; elsewhere a pill is rendered: objects and lists as JSON, null as nothing.
 * A pill that names something absent throws `mapping_broken`, unless it ends in `?`: then it is left out of an object,
 * null in a list or alone, and nothing within text. A value that is there and null is null, with or without `?`.
 *
 * `path` is where the mapping stands in its recipe (`steps[2].input`). Throws `mapping_broken` with details `{ path, pill }`,
 * and `mapping_too_large` when it yields more than a MiB or nests too deep. Errors never hold a value of the scope.
 */
export function resolveMapping(mapping: Mapping, scope: Scope, path = '', options: Options = {}): Json {
  return resolve(mapping, { ...options, scope, budget: { left: MAX_OUTPUT } }, path) ?? null
}

interface Options {
  /** Every pill is taken as if it ended in `?`. */
  absentIsNull?: boolean
  /** What the expressions in it yielded, by their path; undefined for nothing. */
  expressions?: ReadonlyMap<string, Json | undefined>
}

interface Resolving extends Options {
  scope: Scope
  budget: Budget
}

/** Undefined for an optional pill alone whose value is absent. */
function resolve(mapping: Mapping, resolving: Resolving, path: string): Json | undefined {
  if (typeof mapping === 'string') return resolveText(mapping, resolving, path)
  if (typeof mapping !== 'object' || mapping === null) return copyWithin(mapping, resolving.budget, path)
  if (Array.isArray(mapping)) {
    spend(resolving.budget, mapping.length, path)
    return mapping.map((item, index) => resolve(item, resolving, below(path, index)) ?? null)
  }
  const object: { [key: string]: Json } = {}
  for (const [key, item] of Object.entries(mapping)) {
    refuseKey(key, path)
    const value = resolve(item, resolving, below(path, key))
    if (value === undefined) continue
    spend(resolving.budget, key.length, path)
    object[key] = value
  }
  return object
}

function resolveText(text: string, resolving: Resolving, path: string): Json | undefined {
  if (resolving.expressions?.has(path)) {
    const value = resolving.expressions.get(path)
    return value === undefined ? undefined : copyWithin(value, resolving.budget, path)
  }
  const template = parseTemplate(text)
  if (template.kind === 'broken') throw mappingBroken(path, template)
  const [first] = template.parts
  if (template.parts.length === 1 && typeof first === 'object') {
    const value = valueNamed(first, resolving, path)
    return value === undefined ? undefined : copyWithin(value, resolving.budget, path)
  }
  let rendered = ''
  for (const part of template.parts) {
    const piece = typeof part === 'string' ? part : render(valueNamed(part, resolving, path), resolving.budget, path)
    spend(resolving.budget, piece, path)
    rendered += piece
  }
  return rendered
}

function valueNamed(pill: Pill, { scope, absentIsNull }: Resolving, path: string): Json | undefined {
  const value = lookUp(pill, scope)
  if (value === undefined && !pill.optional && !absentIsNull) {
    const reason = `there is no such value. Write {{ ${pill.text}? }} where it may be absent`
    throw mappingBroken(path, { pill: pill.text, written: `{{ ${pill.text} }}`, reason })
  }
  return value
}

function render(value: Json | undefined, budget: Budget, path: string): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  // Measured against the same ceiling before it is written out, and written out before it is spent: escapes make it longer.
  return JSON.stringify(copyWithin(value, { left: budget.left }, path))
}

function mappingBroken(path: string, { pill, written, reason }: BrokenPill): UserError {
  return new UserError('mapping_broken', `${written} at ${path || 'the mapping'}: ${reason}.`, {
    status: 422,
    details: { path, pill },
  })
}
