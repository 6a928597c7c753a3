import type { Query, RangeQuery, TermQuery } from './query.ts'

/** What the index keeps: no objects, no lists, no `null` (auth0.md 2.3). */
export type IndexedValue = string | number | boolean

/** How documents of one kind are searched. */
export interface SearchFields<Document> {
  /** What is indexed under a field; several in a list, none when missing. */
  values(document: Document, field: string): readonly IndexedValue[]
  isCaseInsensitive(field: string): boolean
  isDate(field: string): boolean
  /** Metadata know neither wildcards nor ranges (auth0.md 2.3). */
  hasPatterns(field: string): boolean
  /** Where a term without a field is looked for. */
  readonly defaultFields: readonly string[]
}

/** A test that holds for the documents which the query finds. */
export function matcherOf<Document>(query: Query, fields: SearchFields<Document>): (document: Document) => boolean {
  switch (query.kind) {
    case 'and': {
      const tests = query.operands.map((operand) => matcherOf(operand, fields))
      return (document) => tests.every((test) => test(document))
    }
    case 'or': {
      const tests = query.operands.map((operand) => matcherOf(operand, fields))
      return (document) => tests.some((test) => test(document))
    }
    case 'not': {
      const test = matcherOf(query.operand, fields)
      return (document) => !test(document)
    }
    case 'exists':
      return (document) => fields.values(document, query.field).length > 0
    case 'term':
      return termMatcher(query, fields)
    default:
      return rangeMatcher(query, fields)
  }
}

function termMatcher<Document>(
  { field, parts }: TermQuery,
  fields: SearchFields<Document>,
): (document: Document) => boolean {
  if (field === null) {
    const tests = fields.defaultFields.map((name) => termMatcher({ kind: 'term', field: name, parts }, fields))
    return (document) => tests.some((test) => test(document))
  }
  if (parts.length > 1 && !fields.hasPatterns(field)) return () => false
  const [whole = ''] = parts
  if (parts.length === 1 && fields.isDate(field)) {
    return rangeMatcher(
      { kind: 'range', field, low: whole, high: whole, lowIncluded: true, highIncluded: true },
      fields,
    )
  }
  const isFolded = fields.isCaseInsensitive(field)
  const wanted = isFolded ? parts.map((part) => part.toLowerCase()) : parts
  return (document) =>
    fields.values(document, field).some((value) => {
      const text = String(value)
      return fits(isFolded ? text.toLowerCase() : text, wanted)
    })
}

/** Whether the text is made of the parts in this order, with anything between them. */
function fits(text: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts
  const last = rest.pop()
  if (last === undefined) return text === first
  if (!text.startsWith(first)) return false
  let position = first.length
  for (const part of rest) {
    const found = text.indexOf(part, position)
    if (found === -1) return false
    position = found + part.length
  }
  return text.length - last.length >= position && text.endsWith(last)
}

function rangeMatcher<Document>(query: RangeQuery, fields: SearchFields<Document>): (document: Document) => boolean {
  const { field } = query
  if (!fields.hasPatterns(field)) return () => false
  if (fields.isDate(field)) {
    const span = dateSpanOf(query)
    return (document) =>
      fields.values(document, field).some((value) => {
        const time = Date.parse(String(value))
        return time >= span.from && time <= span.to
      })
  }
  return (document) => fields.values(document, field).some((value) => isWithin(value, query))
}

function isWithin(value: IndexedValue, { low, high, lowIncluded, highIncluded }: RangeQuery): boolean {
  const compare = (limit: string): number => {
    if (typeof value === 'number') return value - Number(limit)
    const text = String(value)
    return text < limit ? -1 : text > limit ? 1 : 0
  }
  const isAbove = low === null || (lowIncluded ? compare(low) >= 0 : compare(low) > 0)
  const isBelow = high === null || (highIncluded ? compare(high) <= 0 : compare(high) < 0)
  return isAbove && isBelow
}

/** The milliseconds that a range of dates covers, both ends included. A date without a time is the whole day. */
export function dateSpanOf({ low, high, lowIncluded, highIncluded }: RangeQuery): {
  readonly from: number
  readonly to: number
} {
  const lowest = low === null ? null : dateOf(low)
  const highest = high === null ? null : dateOf(high)
  return {
    from: lowest === null ? -Infinity : lowIncluded ? lowest.start : lowest.end + 1,
    to: highest === null ? Infinity : highIncluded ? highest.end : highest.start - 1,
  }
}

const dayMs = 24 * 60 * 60 * 1000

/** What the text covers: a day, a second or a millisecond. Text that is no date covers nothing. */
function dateOf(text: string): { readonly start: number; readonly end: number } {
  const start = Date.parse(text)
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return { start, end: start + dayMs - 1 }
  return { start, end: /:\d{2}Z?$/.test(text) ? start + 999 : start }
}
