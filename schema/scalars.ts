import { GraphQLError, Kind, type ValueNode } from 'graphql'
import type { JsonValue } from '../src/identity/records.ts'
import { builder, type UploadedFile } from './builder.ts'
import { isoTimeOf } from './iso-time.ts'

// A time zone is demanded: without one, a time means something else on every machine.
const isoTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/

function parseTime(value: unknown): Date {
  const date = typeof value === 'string' && isoTime.test(value) ? new Date(value) : null
  if (!date || Number.isNaN(date.getTime())) {
    throw new GraphQLError('A DateTime is an ISO 8601 time with a time zone, such as 2026-01-31T12:00:00Z', {
      extensions: { code: 'BAD_USER_INPUT' },
    })
  }
  return date
}

builder.scalarType('DateTime', {
  description: 'An ISO 8601 time with a time zone, such as `2026-01-31T12:00:00Z`. Answered in UTC with milliseconds.',
  serialize: isoTimeOf,
  parseValue: parseTime,
  parseLiteral: (node) => parseTime(node.kind === Kind.STRING ? node.value : null),
})

builder.scalarType('JSON', {
  description: 'Any JSON value.',
  serialize: (value) => value,
  parseValue: (value) => value as JsonValue, // it came out of a JSON request body
  parseLiteral: (node, variables) => literalToJson(node, variables ?? {}),
})

builder.scalarType('File', {
  description: 'A file of a request by the GraphQL multipart convention. Only a variable can hold one.',
  serialize: () => {
    throw new GraphQLError('A File is only ever sent')
  },
  parseValue: (value) => {
    if (isUploadedFile(value)) return value
    throw new GraphQLError('A File is sent as a part of a multipart request', {
      extensions: { code: 'BAD_USER_INPUT' },
    })
  },
  parseLiteral: () => {
    throw new GraphQLError('A File is sent as a part of a multipart request', {
      extensions: { code: 'BAD_USER_INPUT' },
    })
  },
})

function isUploadedFile(value: unknown): value is UploadedFile {
  return value instanceof Object && 'arrayBuffer' in value && 'size' in value && 'name' in value
}

function literalToJson(node: ValueNode, variables: Readonly<Record<string, unknown>>): JsonValue {
  switch (node.kind) {
    case Kind.STRING:
    case Kind.BOOLEAN:
    case Kind.ENUM:
      return node.value
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value)
    case Kind.LIST:
      return node.values.map((item) => literalToJson(item, variables))
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map((field) => [field.name.value, literalToJson(field.value, variables)]))
    case Kind.VARIABLE:
      return (variables[node.name.value] ?? null) as JsonValue // it came out of a JSON request body
    case Kind.NULL:
      return null
  }
}
