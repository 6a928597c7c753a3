import type { GraphQLObjectType, GraphQLResolveInfo } from 'graphql'
import type { FieldPlan } from './plan.ts'
import type { Place, Run } from './run.ts'

export function infoOf(run: Run, field: FieldPlan, place: Place): GraphQLResolveInfo {
  // Types of another package add two methods of GraphQL 17 to the interface; the version that we have makes none either.
  return new FieldInfo(run, field, place) as object as GraphQLResolveInfo
}

/** What a resolver may want to know of its field: made anew for each, because most want to know nothing. */
class FieldInfo {
  readonly run: Run
  readonly field: FieldPlan
  readonly place: Place

  constructor(run: Run, field: FieldPlan, place: Place) {
    this.run = run
    this.field = field
    this.place = place
  }

  get fieldName(): string {
    return this.field.definition.name
  }

  get fieldNodes(): GraphQLResolveInfo['fieldNodes'] {
    return this.field.nodes
  }

  get returnType(): GraphQLResolveInfo['returnType'] {
    return this.field.definition.type
  }

  get parentType(): GraphQLObjectType {
    return this.field.parent
  }

  get path(): GraphQLResolveInfo['path'] {
    return { prev: pathTo(this.place), key: this.field.responseName, typename: this.field.parent.name }
  }

  get schema(): GraphQLResolveInfo['schema'] {
    return this.run.plan.schema
  }

  get fragments(): GraphQLResolveInfo['fragments'] {
    return this.run.plan.fragments
  }

  get operation(): GraphQLResolveInfo['operation'] {
    return this.run.plan.operation
  }

  get variableValues(): GraphQLResolveInfo['variableValues'] {
    return this.run.variables
  }

  get rootValue(): undefined {
    return undefined
  }
}

/** Where an object or list stands; the names of the types on the way are not told. */
function pathTo({ within, at }: Place): GraphQLResolveInfo['path'] | undefined {
  return within === null ? undefined : { prev: pathTo(within), key: at, typename: undefined }
}
