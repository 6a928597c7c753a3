import { Refusal } from '../refusal.ts'

/** The vendor's Lucene subset (auth0.md 2.3), read into a tree. */
export type Query =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Query[] }
  | { readonly kind: 'not'; readonly operand: Query }
  | { readonly kind: 'exists'; readonly field: string }
  | TermQuery
  | RangeQuery

/** A value, or a pattern of one. */
export interface TermQuery {
  readonly kind: 'term'
  /** `null`: in the default fields. */
  readonly field: string | null
  /** The text between the asterisks; one part is the whole value. */
  readonly parts: readonly string[]
}

/** Values between two ends. */
export interface RangeQuery {
  readonly kind: 'range'
  readonly field: string
  /** `null`: open. */
  readonly low: string | null
  readonly high: string | null
  readonly lowIncluded: boolean
  readonly highIncluded: boolean
}

type Token =
  | { readonly kind: 'word'; readonly parts: readonly string[]; readonly isQuoted: boolean; readonly raw: string }
  | { readonly kind: '(' | ')' | ':' }
  | {
      readonly kind: 'range'
      readonly low: string
      readonly high: string
      readonly lowIncluded: boolean
      readonly highIncluded: boolean
    }

/** Throws the vendor's refusal for a query that it cannot read. */
export function parseQuery(text: string): Query {
  const tokens = tokenize(text)
  let position = 0

  const parseOr = (field: string | null): Query => {
    const operands = [parseAnd(field)]
    for (;;) {
      const token = tokens[position]
      if (token === undefined || token.kind === ')') break
      // Terms side by side are alternatives, as in Lucene.
      if (isWord(token, 'OR')) position += 1
      operands.push(parseAnd(field))
    }
    return joined('or', operands)
  }

  const parseAnd = (field: string | null): Query => {
    const operands = [parseNot(field)]
    while (isWord(tokens[position], 'AND')) {
      position += 1
      operands.push(parseNot(field))
    }
    return joined('and', operands)
  }

  const parseNot = (field: string | null): Query => {
    if (!isWord(tokens[position], 'NOT')) return parseClause(field)
    position += 1
    return { kind: 'not', operand: parseNot(field) }
  }

  const parseClause = (field: string | null): Query => {
    const token = tokens[position]
    position += 1
    if (token === undefined) throw unreadable('unexpected end')
    if (token.kind === '(') {
      const inner = parseOr(field)
      if (tokens[position]?.kind !== ')') throw unreadable('missing )')
      position += 1
      return inner
    }
    if (token.kind === 'range') {
      if (field === null) throw unreadable('a range without a field')
      return {
        kind: 'range',
        field,
        low: bound(token.low),
        high: bound(token.high),
        lowIncluded: token.lowIncluded,
        highIncluded: token.highIncluded,
      }
    }
    if (token.kind !== 'word') throw unreadable(`unexpected ${token.kind}`)
    if (!token.isQuoted && (token.raw === 'AND' || token.raw === 'OR')) throw unreadable(`unexpected ${token.raw}`)
    if (tokens[position]?.kind !== ':') return termOf(field, token.parts)
    if (field !== null || token.isQuoted || token.parts.length > 1) throw unreadable('unexpected :')
    position += 1
    return parseValue(token.parts[0] ?? '')
  }

  const parseValue = (field: string): Query => {
    const token = tokens[position]
    if (field === '_exists_') {
      position += 1
      if (token?.kind !== 'word') throw unreadable('_exists_ without a field')
      return { kind: 'exists', field: token.parts.join('*') }
    }
    return parseClause(field)
  }

  const query = parseOr(null)
  if (position < tokens.length) throw unreadable('unexpected )')
  return query
}

/** The refusal of a query, with a reason in a few words. */
export function unreadable(reason: string): Refusal {
  return new Refusal(
    400,
    `Query validation error: 'Invalid query syntax: ${reason}' on property q.`,
    'invalid_query_string',
  )
}

/** An operator, not a quoted text that reads like one. */
function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === 'word' && !token.isQuoted && token.raw === word
}

function joined(kind: 'and' | 'or', operands: readonly Query[]): Query {
  const [first] = operands
  return operands.length === 1 && first ? first : { kind, operands }
}

function bound(text: string): string | null {
  return text === '*' ? null : text
}

/** A pattern that does not start with its text needs three characters to go by. */
function termOf(field: string | null, parts: readonly string[]): Query {
  if (parts.length > 1 && parts.every((part) => part === '')) {
    if (field === null) throw unreadable('a lone *')
    return { kind: 'exists', field }
  }
  if (parts.length > 1 && parts[0] === '' && parts.every((part) => part.length < 3)) {
    throw unreadable('a wildcard in front needs at least 3 characters')
  }
  return { kind: 'term', field, parts }
}

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = []
  let position = 0
  while (position < text.length) {
    const character = text.charAt(position)
    if (/\s/.test(character)) {
      position += 1
    } else if (character === '(' || character === ')' || character === ':') {
      tokens.push({ kind: character })
      position += 1
    } else if (character === '"') {
      const phrase = readPhrase(text, position)
      tokens.push({ kind: 'word', parts: [phrase.value], isQuoted: true, raw: '' })
      position = phrase.end
    } else if (character === '[' || character === '{') {
      const range = readRange(text, position)
      tokens.push(range.token)
      position = range.end
    } else {
      const word = readWord(text, position)
      tokens.push(word.token)
      position = word.end
    }
  }
  return tokens
}

function readPhrase(text: string, start: number): { readonly value: string; readonly end: number } {
  let value = ''
  for (let position = start + 1; position < text.length; position += 1) {
    const character = text.charAt(position)
    if (character === '"') return { value, end: position + 1 }
    if (character === '\\') position += 1
    value += text.charAt(position)
  }
  throw unreadable('missing "')
}

function readRange(text: string, start: number): { readonly token: Token; readonly end: number } {
  const match = /^([[{])\s*("(?:[^"\\]|\\.)*"|\S+)\s+TO\s+("(?:[^"\\]|\\.)*"|[^\s\]}]+)\s*([\]}])/.exec(
    text.slice(start),
  )
  if (!match) throw unreadable('a range is [a TO b] or {a TO b}')
  const [whole, open = '', low = '', high = '', close = ''] = match
  return {
    token: {
      kind: 'range',
      low: unquoted(low),
      high: unquoted(high),
      lowIncluded: open === '[',
      highIncluded: close === ']',
    },
    end: start + whole.length,
  }
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll(/\\(.)/gs, '$1') : text
}

/** Up to a space or a special character; a backslash makes any character an ordinary one. */
function readWord(text: string, start: number): { readonly token: Token; readonly end: number } {
  const parts = ['']
  let position = start
  for (; position < text.length; position += 1) {
    const character = text.charAt(position)
    if (/[\s():"[\]{}]/.test(character)) break
    if ('+-!<>'.includes(character) && position === start) throw unreadable(`unexpected ${character}`)
    if ('?^~|'.includes(character)) throw unreadable(`unsupported ${character}`)
    if (character === '*') {
      parts.push('')
      continue
    }
    if (character === '\\') {
      position += 1
      if (position >= text.length) throw unreadable('a backslash at the end')
    }
    parts[parts.length - 1] += text.charAt(position)
  }
  if (position === start) throw unreadable(`unexpected ${text.charAt(start)}`)
  return { token: { kind: 'word', parts, isQuoted: false, raw: text.slice(start, position) }, end: position }
}
