import type { CrmData } from './crm-data.ts'
import { findPerson } from './people.ts'
import { findObjectType } from './rest/objects.ts'
import { createRecord } from './rest/records.ts'

const DAY = 86_400_000

/** Gives an empty CRM a few customers and a pipeline, so that it looks lived in. A CRM that ever had an account is left alone. */
export function addSampleData(data: CrmData, now: number): void {
  if (data.counters.Account) return
  const add = (type: string, who: string, fields: object) =>
    createRecord(data, findObjectType(type)!, fields, findPerson(who)!)
  const day = (offset: number) => new Date(now + offset * DAY).toISOString().slice(0, 10)
  const globex = add('Account', 'bob', { Name: 'Globex', Industry: 'Energy', BillingCity: 'Springfield' }).Id
  const initech = add('Account', 'alice', { Name: 'Initech', Industry: 'Software', BillingCity: 'Austin' }).Id
  const umbrella = add('Account', 'bob', { Name: 'Umbrella Rentals', Industry: 'Retail', BillingCity: 'Seattle' }).Id
  add('Contact', 'bob', { FirstName: 'Hana', LastName: 'Sato', Email: 'hana@globex.test', AccountId: globex })
  add('Contact', 'alice', { FirstName: 'Peter', LastName: 'Gibbons', Email: 'peter@initech.test', AccountId: initech })
  const pipeline = [
    ['bob', umbrella, 'Umbrella seasonal stock', 'Closed Won', -6, 18_500],
    ['alice', initech, 'Initech archive cleanup', 'Proposal', 24, 42_000],
    ['bob', globex, 'Globex turbine monitoring', 'Negotiation', 40, 130_000],
  ] as const
  for (const [who, AccountId, Name, StageName, closes, Amount] of pipeline) {
    add('Opportunity', who, { Name, StageName, AccountId, Amount, CloseDate: day(closes) })
  }
  backdate(data, now)
}

// What was there before today, so that what a demonstration makes stands out as new.
function backdate(data: CrmData, now: number): void {
  for (const rows of Object.values(data.records)) {
    for (const [index, row] of Object.values(rows).entries()) {
      const at = new Date(now - (9 - index * 3) * DAY).toISOString().replace('Z', '+0000')
      Object.assign(row, { CreatedDate: at, LastModifiedDate: at, SystemModstamp: at })
    }
  }
}
