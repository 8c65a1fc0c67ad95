import jsonata from 'jsonata'
import { expect, test } from 'vitest'
import { findReferences } from './find-references.ts'

const read = (source: string) => {
  const { references, takesAll } = findReferences(jsonata(source).ast())
  return [...references.map((reference) => reference.join('.')), ...(takesAll ? ['all'] : [])]
}

test.each<[string, string[]]>([
  ['steps.find.records[Amount > 5].Id', ['steps.find']],
  ['steps."find".id & steps.`make`.id', ['steps.find', 'steps.make']],
  ['$sum(trigger.lines.(price * count))', ['trigger.lines']],
  ['trigger.lines{kind: $sum(price)}', ['trigger.lines']],
  ['trigger.lines^(>price).{"name": name, "by": $$.person.name}', ['trigger.lines', 'person.name']],
  ['$map(steps.list.records, function($each) { $each.Id = trigger.id })', ['steps.list', 'trigger.id']],
  ['$$.steps.find.id', ['steps.find']],
  ['$.trigger.name', ['trigger.name']],
  ['(steps.find).id', ['steps.find']],
  ['trigger.a ? steps.b : [steps.c, {"d": -job.id}]', ['trigger.a', 'steps.b', 'steps.c', 'job.id']],
  ['($found := steps.find; $found.id)', ['steps.find']],
  ['trigger.a ?? person.b', ['trigger.a', 'person.b']],
  ['trigger.a ~> |lines|{"price": price * 2}|', ['trigger.a']],
  ['$now() & $string(trigger.a)', ['trigger.a']],
  ['steps[0].find', ['steps']],
  ['$lookup(steps, trigger.name)', ['steps', 'trigger.name']],
  ['steps.*.id', ['steps']],
  ['$$', ['all']],
  ['$keys()', ['all']],
  ['$lookup("steps")', ['all']],
  ['**.id', ['all']],
  ['*.find', ['all']],
  ['trigger@$t.steps[id = $t.id]', ['trigger', 'all']],
  ['trigger.lines.%.%.steps', ['trigger.lines', 'all']],
  ['trigger.lines.($$)', ['trigger.lines', 'all']],
])('%s names %j', (source, named) => {
  expect(read(source).sort()).toEqual([...named].sort())
})
