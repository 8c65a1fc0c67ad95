import type { Connector, Recipe } from '../../contract.ts'
import { runsAsNobody } from '../../recipe/words.ts'

const NEEDED = {
  'recipes.edit': 'edit recipes',
  'runtime_user_connections.view': 'view runtime user connections',
  'runtime_user_connections.edit': 'edit runtime user connections',
}

interface Situation {
  on: boolean
  trigger: Recipe['trigger']['kind']
  connector: Pick<Connector, 'label' | 'personal'> | undefined
  can: (privilege: string) => boolean
}

/** Why this person cannot turn the switch of this connection now, in a sentence; null when they can. What is on can always be turned off by who may. */
export function switchObstacle({ on, trigger, connector, can }: Situation): string | null {
  const missing = Object.entries(NEEDED).filter(([privilege]) => !can(privilege))
  if (missing.length > 0) {
    return `You cannot change it: it needs the privilege to ${missing.map(([, words]) => words).join(' and to ')}.`
  }
  if (on) return null
  if (runsAsNobody(trigger)) return `Not possible here: a ${trigger} has no person whose account could be used.`
  if (connector?.personal === false) return `${connector.label} has no accounts of single persons to connect.`
  return null
}
