import { KEY_PREFIXES } from '../salesforce-ids.ts'

export type FieldType =
  | 'id'
  | 'string'
  | 'textarea'
  | 'picklist'
  | 'email'
  | 'phone'
  | 'url'
  | 'currency'
  | 'double'
  | 'int'
  | 'percent'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'reference'

export interface Field {
  name: string
  label: string
  type: FieldType
  /** Characters, for text. */
  length: number
  required: boolean
  /** Set by the CRM, never by a caller. */
  readOnly: boolean
  /** The usual values; like Salesforce's standard pick lists, others are taken too. */
  values: string[]
  /** The type a reference points at, and the name it goes by in a query: `Owner` for `OwnerId`. */
  to: { type: ObjectName; relationship: string } | null
  fallback: string | number | boolean | null
}

export type ObjectName = 'Account' | 'Contact' | 'Opportunity' | 'Case' | 'User'

export interface ObjectType {
  name: ObjectName
  label: string
  labelPlural: string
  keyPrefix: string
  /** Whether callers can make and change records of it. */
  writable: boolean
  /** The field that stands for a record in search results. */
  nameField: string
  fields: Field[]
}

const STAGES = ['Prospecting', 'Qualification', 'Proposal', 'Negotiation', 'Closed Won', 'Closed Lost']

/** The types of records Acme CRM knows, with Salesforce's standard fields as far as they go here. */
const OBJECTS: Record<ObjectName, Field[]> = {
  Account: [
    text('Name', 255, { required: true }),
    text('Type', 40),
    text('Industry', 40),
    text('Website', 255, { type: 'url' }),
    text('Phone', 40, { type: 'phone' }),
    field('AnnualRevenue', 'currency'),
    field('NumberOfEmployees', 'int'),
    text('BillingCity', 40),
    text('BillingCountry', 80),
    text('Description', 32_000, { type: 'textarea' }),
  ],
  Contact: [
    text('FirstName', 40),
    text('LastName', 80, { required: true }),
    text('Name', 121, { readOnly: true }),
    text('Email', 80, { type: 'email' }),
    text('Phone', 40, { type: 'phone' }),
    text('Title', 128),
    reference('AccountId', 'Account', 'Account'),
    text('Description', 32_000, { type: 'textarea' }),
  ],
  Opportunity: [
    text('Name', 120, { required: true }),
    text('StageName', 255, { type: 'picklist', required: true, values: STAGES }),
    field('CloseDate', 'date', { required: true }),
    field('Amount', 'currency'),
    field('Probability', 'percent'),
    text('Type', 255, { type: 'picklist', values: ['New Customer', 'Existing Customer'] }),
    text('LeadSource', 255, { type: 'picklist', values: ['Web', 'Phone Inquiry', 'Partner Referral', 'Other'] }),
    text('NextStep', 255),
    text('Description', 32_000, { type: 'textarea' }),
    reference('AccountId', 'Account', 'Account'),
    field('IsClosed', 'boolean', { readOnly: true, fallback: false }),
    field('IsWon', 'boolean', { readOnly: true, fallback: false }),
  ],
  Case: [
    text('CaseNumber', 30, { readOnly: true }),
    text('Subject', 255),
    text('Status', 255, { type: 'picklist', values: ['New', 'Working', 'Escalated', 'Closed'], fallback: 'New' }),
    text('Priority', 255, { type: 'picklist', values: ['High', 'Medium', 'Low'], fallback: 'Medium' }),
    text('Origin', 255, { type: 'picklist', values: ['Phone', 'Email', 'Web'] }),
    text('Description', 32_000, { type: 'textarea' }),
    reference('AccountId', 'Account', 'Account'),
    reference('ContactId', 'Contact', 'Contact'),
    field('IsClosed', 'boolean', { readOnly: true, fallback: false }),
  ],
  User: [
    text('Name', 121, { readOnly: true }),
    text('Username', 80, { readOnly: true }),
    text('Email', 128, { type: 'email', readOnly: true }),
    text('Title', 80, { readOnly: true }),
    field('IsActive', 'boolean', { readOnly: true }),
  ],
}

/** A type by its name in any case, as Salesforce takes it; undefined when there is none. */
export function findObjectType(name: string): ObjectType | undefined {
  return TYPES.get(name.toLowerCase())
}

/** Every type, in the order they are listed. */
export function listObjectTypes(): ObjectType[] {
  return [...TYPES.values()]
}

/** A field by its name in any case; undefined when the type has none of that name. */
export function findField(type: ObjectType, name: string): Field | undefined {
  const wanted = name.toLowerCase()
  return type.fields.find((one) => one.name.toLowerCase() === wanted)
}

function describeType(name: ObjectName): ObjectType {
  const writable = name !== 'User'
  const plural = {
    Account: 'Accounts',
    Contact: 'Contacts',
    Opportunity: 'Opportunities',
    Case: 'Cases',
    User: 'Users',
  }
  return {
    name,
    label: name,
    labelPlural: plural[name],
    keyPrefix: KEY_PREFIXES[name],
    writable,
    nameField: name === 'Case' ? 'CaseNumber' : 'Name',
    fields: [field('Id', 'id', { readOnly: true }), ...OBJECTS[name], ...(writable ? bookkeeping() : [])],
  }
}

function bookkeeping(): Field[] {
  return [
    reference('OwnerId', 'User', 'Owner'),
    reference('CreatedById', 'User', 'CreatedBy', { readOnly: true }),
    field('CreatedDate', 'datetime', { readOnly: true }),
    reference('LastModifiedById', 'User', 'LastModifiedBy', { readOnly: true }),
    field('LastModifiedDate', 'datetime', { readOnly: true }),
    field('SystemModstamp', 'datetime', { readOnly: true }),
    field('IsDeleted', 'boolean', { readOnly: true, fallback: false }),
  ]
}

function field(name: string, type: FieldType, more: Partial<Field> = {}): Field {
  const label = name.replace(/Id$/, '').replace(/(?<=[a-z])(?=[A-Z])/g, ' ') || 'Record ID'
  const plain = { length: 0, required: false, readOnly: false, values: [], to: null, fallback: null }
  return { name, label, type, ...plain, ...more }
}

function text(name: string, length: number, more: Partial<Field> = {}): Field {
  return field(name, 'string', { length, ...more })
}

function reference(
  name: string,
  type: 'Account' | 'Contact' | 'User',
  relationship: string,
  more: Partial<Field> = {},
): Field {
  return field(name, 'reference', { length: 18, to: { type, relationship }, ...more })
}

const TYPES = new Map((Object.keys(OBJECTS) as ObjectName[]).map((name) => [name.toLowerCase(), describeType(name)]))
