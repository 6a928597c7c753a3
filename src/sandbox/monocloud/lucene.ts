/**
 * The part of Lucene's query language that the sandbox understands (monocloud.md 2): terms, phrases, a trailing `*`, ranges, `AND`, `OR`,
 * `NOT`, parentheses, fields, escapes. Anything else of the language is refused, so that text that was not escaped does not pass unnoticed.
 */
export type LuceneQuery =
  | { readonly kind: 'everything' }
  /** `field` is `null`: the default fields. */
  | { readonly kind: 'term'; readonly field: string | null; readonly text: string; readonly isPrefix: boolean }
  | { readonly kind: 'exists'; readonly field: string }
  | { readonly kind: 'range'; readonly field: string; readonly from: Bound; readonly to: Bound }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly LuceneQuery[] }
  | { readonly kind: 'not'; readonly part: LuceneQuery }

export interface Bound {
  /** `null`: open. */
  readonly value: string | null
  readonly isIncluded: boolean
}

/** What is wrong with a query, for whoever wrote it. */
export class LuceneError extends Error {
  override readonly name = 'LuceneError'
}

type Token =
  | { readonly kind: 'open' | 'close' | 'colon' | 'and' | 'or' | 'not' }
  | { readonly kind: 'word'; readonly text: string; readonly isPrefix: boolean }
  | { readonly kind: 'phrase'; readonly text: string }
  | { readonly kind: 'range'; readonly from: Bound; readonly to: Bound }

const operators: ReadonlyMap<string, 'and' | 'or' | 'not'> = new Map([
  ['AND', 'and'],
  ['OR', 'or'],
  ['NOT', 'not'],
])

const maxDepth = 50

export function parseLucene(text: string): LuceneQuery {
  const tokens = tokenize(text)
  let position = 0
  const peek = (ahead = 0): Token['kind'] | undefined => tokens[position + ahead]?.kind
  const take = (): Token | undefined => tokens[position++]

  /** Clauses side by side are alternatives, as they are in Lucene by default. */
  const parseOr = (field: string | null, depth: number): LuceneQuery => {
    const parts = [parseAnd(field, depth)]
    while (peek() !== undefined && peek() !== 'close') {
      if (peek() === 'or') take()
      parts.push(parseAnd(field, depth))
    }
    return joined('or', parts)
  }

  const parseAnd = (field: string | null, depth: number): LuceneQuery => {
    const parts = [parseNot(field, depth)]
    while (peek() === 'and') {
      take()
      parts.push(parseNot(field, depth))
    }
    return joined('and', parts)
  }

  const parseNot = (field: string | null, depth: number): LuceneQuery => {
    if (peek() !== 'not') return parseClause(field, depth)
    if (depth > maxDepth) throw new LuceneError('too deeply nested')
    take()
    return { kind: 'not', part: parseNot(field, depth + 1) }
  }

  const parseClause = (field: string | null, depth: number): LuceneQuery => {
    if (depth > maxDepth) throw new LuceneError('too deeply nested')
    const token = take()
    if (!token) throw new LuceneError('ends where a term is expected')
    if (token.kind === 'word' && peek() === 'colon') {
      take()
      if (token.isPrefix) {
        if (token.text === '' && peek() === 'word') return parseClause(null, depth + 1)
        throw new LuceneError('a field name cannot have a wildcard')
      }
      return parseClause(token.text, depth + 1)
    }
    switch (token.kind) {
      case 'open': {
        const inner = parseOr(field, depth + 1)
        if (take()?.kind !== 'close') throw new LuceneError('a parenthesis is not closed')
        return inner
      }
      case 'word':
        if (!token.isPrefix || token.text !== '') return { ...token, kind: 'term', field }
        return field === null ? { kind: 'everything' } : { kind: 'exists', field }
      case 'phrase':
        return { kind: 'term', field, text: token.text, isPrefix: false }
      case 'range':
        if (field === null) throw new LuceneError('a range needs a field')
        return { kind: 'range', field, from: token.from, to: token.to }
      default:
        throw new LuceneError('an operator stands where a term is expected')
    }
  }

  const query = parseOr(null, 0)
  if (position < tokens.length) throw new LuceneError('a parenthesis is closed that was not opened')
  return query
}

function joined(kind: 'and' | 'or', parts: readonly LuceneQuery[]): LuceneQuery {
  const [only] = parts
  return parts.length === 1 && only ? only : { kind, parts }
}

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = []
  let position = 0
  while (position < text.length) {
    const character = text.charAt(position)
    if (/\s/.test(character)) position += 1
    else if (character === '(' || character === ')' || character === ':') {
      tokens.push({ kind: character === '(' ? 'open' : character === ')' ? 'close' : 'colon' })
      position += 1
    } else {
      const read = character === '"' ? readPhrase : character === '[' || character === '{' ? readRange : readWord
      const { token, end } = read(text, position)
      tokens.push(token)
      position = end
    }
  }
  return tokens
}

interface Read {
  readonly token: Token
  readonly end: number
}

function readPhrase(text: string, start: number): Read {
  let phrase = ''
  for (let position = start + 1; position < text.length; position += 1) {
    const character = text.charAt(position)
    if (character === '"') return { token: { kind: 'phrase', text: phrase }, end: position + 1 }
    if (character === '\\') position += 1
    phrase += text.charAt(position)
  }
  throw new LuceneError('a quotation mark is not closed')
}

function readRange(text: string, start: number): Read {
  const match = /^([[{])\s*(\S+)\s+TO\s+([^\s\]}]+)\s*([\]}])/.exec(text.slice(start))
  if (!match) throw new LuceneError('a range is written [from TO to]')
  const [whole, opening, from = '', to = '', closing] = match
  return {
    token: { kind: 'range', from: boundOf(from, opening === '['), to: boundOf(to, closing === ']') },
    end: start + whole.length,
  }
}

function boundOf(value: string, isIncluded: boolean): Bound {
  return { value: value === '*' ? null : value, isIncluded }
}

function readWord(text: string, start: number): Read {
  let word = ''
  let hasEscape = false
  let position = start
  for (; position < text.length; position += 1) {
    const character = text.charAt(position)
    if (character === '*') {
      position += 1
      if (/[^\s():]/.test(text.charAt(position))) throw new LuceneError('* may only stand at the end of a term')
      return { token: { kind: 'word', text: word, isPrefix: true }, end: position }
    }
    if (/[\s():"[\]{}]/.test(character)) break
    if (isReserved(text, position, start)) throw new LuceneError(`${character} has to be escaped`)
    if (character === '\\') {
      position += 1
      hasEscape = true
      if (position >= text.length) throw new LuceneError('ends with a backslash')
    }
    word += text.charAt(position)
  }
  if (position === start) throw new LuceneError(`${text.charAt(start)} has to be escaped`)
  const operator = hasEscape ? undefined : operators.get(word)
  return { token: operator ? { kind: operator } : { kind: 'word', text: word, isPrefix: false }, end: position }
}

/** `+` and `-` only mean something before a term, `&` and `|` only when doubled. */
function isReserved(text: string, position: number, start: number): boolean {
  const character = text.charAt(position)
  if ('!^~?/'.includes(character)) return true
  if (character === '+' || character === '-') return position === start
  return (character === '&' || character === '|') && text.charAt(position + 1) === character
}
