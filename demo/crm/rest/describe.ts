import { type Field, listObjectTypes, type ObjectType } from './objects.ts'

/** `/sobjects`: every type, briefly. */
export function describeGlobal(version: string) {
  return {
    encoding: 'UTF-8',
    maxBatchSize: 200,
    sobjects: listObjectTypes().map((type) => describeBriefly(type, version)),
  }
}

/** One type without its fields. */
export function describeBriefly({ name, label, labelPlural, keyPrefix, writable }: ObjectType, version: string) {
  const base = `/services/data/${version}/sobjects/${name}`
  return {
    name,
    label,
    labelPlural,
    keyPrefix,
    activateable: false,
    createable: writable,
    updateable: writable,
    deletable: writable,
    undeletable: false,
    custom: false,
    customSetting: false,
    layoutable: true,
    mergeable: false,
    queryable: true,
    replicateable: true,
    retrieveable: true,
    searchable: true,
    triggerable: true,
    urls: { sobject: base, describe: `${base}/describe`, rowTemplate: `${base}/{ID}` },
  }
}

/** `/sobjects/:Type/describe`: one type with its fields. */
export function describeObject(type: ObjectType, version: string) {
  return {
    ...describeBriefly(type, version),
    fields: type.fields.map((field) => describeField(type, field)),
    childRelationships: [],
    recordTypeInfos: [],
  }
}

const SOAP_TYPES: Partial<Record<Field['type'], string>> = {
  id: 'tns:ID',
  reference: 'tns:ID',
  boolean: 'xsd:boolean',
  currency: 'xsd:double',
  double: 'xsd:double',
  percent: 'xsd:double',
  int: 'xsd:int',
  date: 'xsd:date',
  datetime: 'xsd:dateTime',
}

function describeField(type: ObjectType, field: Field) {
  const writable = type.writable && !field.readOnly
  return {
    name: field.name,
    label: field.label,
    type: field.type,
    soapType: SOAP_TYPES[field.type] ?? 'xsd:string',
    length: field.type === 'id' ? 18 : field.length,
    byteLength: field.length * 3,
    nillable: !field.required && field.type !== 'boolean' && !field.readOnly,
    createable: writable,
    updateable: writable,
    defaultedOnCreate: field.fallback !== null || field.name === 'OwnerId',
    defaultValue: field.fallback,
    nameField: field.name === type.nameField,
    custom: false,
    calculated: false,
    unique: false,
    externalId: false,
    filterable: field.type !== 'textarea',
    sortable: field.type !== 'textarea',
    groupable: false,
    restrictedPicklist: false,
    picklistValues: field.values.map((value) => ({
      active: true,
      defaultValue: value === field.fallback,
      label: value,
      validFor: null,
      value,
    })),
    referenceTo: field.to ? [field.to.type] : [],
    relationshipName: field.to?.relationship ?? null,
  }
}
