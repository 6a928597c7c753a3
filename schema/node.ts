import type { GraphQLSchema } from 'graphql'
import type { RequestContext } from '../src/context.ts'
import { ArgumentError } from '../src/identity/errors.ts'
import { decodeGlobalId, type GlobalIdType } from '../src/identity/global-id.ts'
import { access, requireType } from './access.ts'
import { requiredPart, type Target, targetOfDecoded } from './arguments.ts'
import { builder } from './builder.ts'
import { recordsById } from './costs.ts'
import { findGrant, findSession } from './find.ts'
import { foundTogether } from './found-together.ts'
import { rememberedType, rememberType } from './record-types.ts'

type NodeType = Extract<GlobalIdType, 'User' | 'Group' | 'Session' | 'Grant' | 'IdentityProvider'>

type Find = (context: RequestContext, target: Target, argument: readonly string[]) => Promise<object | null>

/** How each kind of node is found again by its id. */
const finders: Readonly<Record<NodeType, Find>> = {
  User: (context, target, argument) =>
    context.loaders.user.load(target.provider.name, requiredPart(target, 0, argument)),
  Group: (context, target, argument) =>
    context.loaders.group.load(target.provider.name, requiredPart(target, 0, argument)),
  Session: findSession,
  Grant: findGrant,
  IdentityProvider: (_, target) => Promise.resolve(target.provider),
}

export const NodeRef = builder.interfaceRef<object>('Node').implement({
  // Which type it is shows only when it is found: see findNode.
  extensions: access({ scopes: [], endUser: ['id'] }),
  fields: (t) => ({
    id: t.id({ nullable: false, description: 'Globally unique.' }),
  }),
  resolveType: (record, context) => rememberedType(context, record) ?? null,
})

/** Finds the record of any node's global id, if the caller may have such a record. `null`: there is none any more. */
async function findNode(
  schema: GraphQLSchema,
  context: RequestContext,
  id: string,
  argument: readonly string[],
): Promise<object | null> {
  const decoded = decodeGlobalId(id)
  const type = decoded?.type
  if (type !== undefined && !Object.hasOwn(finders, type)) {
    throw new ArgumentError(
      argument,
      `\`${argument.join('.')}\` is the id of a ${type}, which cannot be looked up by itself`,
    )
  }
  const nodeType = (type ?? 'User') as NodeType // a key of the finders; an unreadable id is refused by targetOfDecoded
  if (type !== undefined) requireType(schema, nodeType, context)
  const record = await finders[nodeType](context, targetOfDecoded(context, nodeType, decoded, argument), argument)
  if (record) rememberType(context, record, nodeType)
  return record
}

builder.queryFields((t) => ({
  node: t.field({
    type: NodeRef,
    nullable: true,
    extensions: { ...recordsById('id'), ...access({ scopes: [] }) },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_, { id }, context, { schema }) => findNode(schema, context, id, ['id']),
  }),
  nodes: t.field({
    type: [NodeRef],
    nullable: { list: false, items: true },
    extensions: { ...recordsById('ids'), ...access({ scopes: [] }) },
    description:
      'In the order of the ids. One that cannot be had is null, and named in an error unless it does not exist.',
    args: { ids: t.arg.idList({ required: true }) },
    resolve(_, { ids }, context, { schema }) {
      if (ids.length > context.maxNodes) {
        throw new ArgumentError(['ids'], `\`ids\` must be at most ${context.maxNodes}, not ${ids.length}`)
      }
      return foundTogether(ids.map((id) => findNode(schema, context, id, ['ids'])))
    },
  }),
}))
