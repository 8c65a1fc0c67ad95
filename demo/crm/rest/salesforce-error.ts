/** A refusal in Salesforce's shape: an HTTP status and an array with one error. */
export class SalesforceError extends Error {
  override name = 'SalesforceError'
  readonly status: number
  readonly errorCode: string
  readonly fields: string[] | undefined

  constructor(status: number, errorCode: string, message: string, fields?: string[]) {
    super(message)
    this.status = status
    this.errorCode = errorCode
    this.fields = fields
  }

  /** The body Salesforce sends. */
  get body(): { message: string; errorCode: string; fields?: string[] }[] {
    return [{ message: this.message, errorCode: this.errorCode, ...(this.fields ? { fields: this.fields } : {}) }]
  }
}

export const notFound = () => new SalesforceError(404, 'NOT_FOUND', 'The requested resource does not exist')

/** A query that is not SOQL, or not the part of it that is spoken here. */
export const malformedQuery = (message: string) => new SalesforceError(400, 'MALFORMED_QUERY', message)

export const noSuchColumn = (field: string, type: string) =>
  new SalesforceError(400, 'INVALID_FIELD', `No such column '${field}' on sobject of type ${type}`)
