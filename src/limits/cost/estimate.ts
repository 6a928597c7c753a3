import type { Account } from '../../access/caller.ts'
import type { Providers } from '../../context.ts'
import { type BatchPrice, inCallsOf, type RelationPrice } from '../../identity/prices.ts'
import type { IdentityProvider } from '../../identity/provider.ts'
import type { Asked, KnownId, Origin, Reading, RelationReading, RootReading } from './field-cost.ts'
import type { OperationPlan, PlannedField, PlannedSelection } from './plan.ts'

/** Upstream calls, at most. */
export interface Cost {
  readonly total: number
  /** By the names of the providers. Together they may be more than the total: a list over several is full before all have given it a page. */
  readonly byProvider: Readonly<Record<string, number>>
}

export interface EstimateOptions {
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>
  /** Those that exist for the caller. */
  readonly providers: Providers
  readonly account: Account | null
}

/** One number for each provider, and at the end one for all of them. */
type Amounts = number[]

/** Calls as a function of how many records are read together: so many for the batch and so many for each. */
interface Load {
  readonly batch: Amounts
  readonly each: Amounts
  /** Whether a relation is made out of the whole record. */
  readsRecord: boolean
}

/** Where a selection stands. */
interface Place {
  readonly provider: IdentityProvider
  readonly index: number
  readonly origin: Origin
  /** How many items a connection has. */
  readonly items: number
}

/** Sums of fractions miss whole numbers by less. */
const rounding = 1e-6

/** What the operation costs upstream at most. Takes time linear in the plan, times the number of providers. */
export function estimateCost(plan: OperationPlan, { variables, providers, account }: EstimateOptions): Cost {
  const { all, indexOf } = listingOf(providers)
  const size = all.length + 1
  const known = new Map<PlannedSelection, Map<string, Load>>()
  const ids = new Map<IdentityProvider, Map<string, Map<string, PlannedField[]>>>()

  let nothing: Load | null = null
  const asked = (field: PlannedField): Asked => ({ args: field.args(variables), providers, account })
  const none = (): Amounts => {
    const amounts: Amounts = []
    for (let index = 0; index < size; index += 1) amounts.push(0)
    return amounts
  }
  const noLoad = (): Load => ({ batch: none(), each: none(), readsRecord: false })

  function add(amounts: Amounts, more: Amounts, times = 1): void {
    for (let index = 0; index < size; index += 1) amounts[index] = (amounts[index] ?? 0) + (more[index] ?? 0) * times
  }

  function addCalls(amounts: Amounts, index: number, calls: number): void {
    amounts[index] = (amounts[index] ?? 0) + calls
    amounts[size - 1] = (amounts[size - 1] ?? 0) + calls
  }

  function addBatch(load: Load, index: number, { perBatch, perRecord }: BatchPrice): void {
    addCalls(load.batch, index, perBatch)
    addCalls(load.each, index, perRecord)
  }

  function placeOf(provider: IdentityProvider, origin: Origin, items: number): Place {
    return { provider, origin, items, index: indexOf.get(provider) ?? 0 }
  }

  /** What a selection costs at every record of its type. Not to be changed by whoever asked. */
  function loadOf(selection: PlannedSelection, place: Place): Load {
    // Most selections are of values that the record has.
    if (selection.fields.length === 0 && selection.parts.length === 0) return (nothing ??= noLoad())
    const key = `${place.index} ${place.origin} ${place.items}`
    const loads = known.get(selection) ?? new Map<string, Load>()
    known.set(selection, loads)
    const before = loads.get(key)
    if (before) return before
    const load = noLoad()
    loads.set(key, load)
    for (const field of selection.fields) if (field.isIncluded(variables)) addField(load, field, place)
    for (const part of selection.parts) if (part.isIncluded(variables)) addLoad(load, loadOf(part.selection, place))
    return load
  }

  function addLoad(load: Load, more: Load): void {
    add(load.batch, more.batch)
    add(load.each, more.each)
    load.readsRecord ||= more.readsRecord
  }

  /** As `loadOf`, with what it takes to have the record whole where the selection needs more of it than it carries. */
  function recordLoad(field: PlannedField, type: string | null, place: Place): Load {
    if (!field.selectionOf || type === null) return noLoad()
    const selection = field.selectionOf(type)
    const load = loadOf(selection, place)
    const completions =
      type === 'User'
        ? completionsOf(selection, load, place)
        : type === 'Group'
          ? groupCompletions(selection, place)
          : []
    if (completions.length === 0) return load
    const whole = noLoad()
    addLoad(whole, load)
    for (const price of completions) addBatch(whole, place.index, price)
    return whole
  }

  function addField(load: Load, field: PlannedField, place: Place): void {
    const { cost } = field
    if (cost === null) {
      // A part of the same record, or the node of an edge.
      addLoad(load, recordLoad(field, field.type, place))
      return
    }
    switch (cost.kind) {
      case 'value':
        // A part of the record that has parts of its own, such as a linked identity.
        if (field.selectionOf && field.type !== null) addLoad(load, loadOf(field.selectionOf(field.type), place))
        return
      case 'items': {
        const child = recordLoad(field, field.type, { ...place, items: 1 })
        add(load.each, child.batch)
        add(load.each, child.each, place.items)
        return
      }
      case 'total':
        addCalls(load.each, place.index, cost.calls(place.provider))
        return
      case 'relation': {
        const reading = cost.of(place.provider, asked(field), place.origin)
        if (reading) addRelation(load, field, reading, place)
        return
      }
      case 'root':
        addRoot(load, field, cost.of(asked(field)))
    }
  }

  function addRelation(load: Load, field: PlannedField, reading: RelationReading, place: Place): void {
    const { calls = 0, batch, items = 1, origin = 'listed', readsRecord = false, isShared = false } = reading
    const { elsewhere = [] } = reading
    load.readsRecord ||= readsRecord
    addCalls(load.each, place.index, calls)
    if (batch) addBatch(load, place.index, batch)
    if (elsewhere.length === 0) {
      const child = recordLoad(field, field.type, { ...place, origin, items })
      // What is read in one batch with its siblings arrives with them; a page arrives alone.
      add(batch || isShared ? load.batch : load.each, child.batch)
      add(isShared ? load.batch : load.each, child.each)
    }
    for (const other of elsewhere) {
      const there = placeOf(other.provider, 'listed', other.items)
      addBatch(load, there.index, other.batch)
      const child = recordLoad(field, field.type, there)
      add(load.each, child.batch)
      add(load.each, child.each)
    }
  }

  function addRoot(load: Load, field: PlannedField, { readings, isMerged, ids: named = [] }: RootReading): void {
    for (const id of named) rememberId(id, field)
    for (const { provider, calls } of readings) addCalls(load.each, placeOf(provider, 'listed', 1).index, calls)
    if (isMerged) {
      addMerged(load, field, readings)
      return
    }
    for (const { provider, origin, items } of readings) {
      const child = recordLoad(field, field.type, placeOf(provider, origin, items))
      add(load.each, child.batch)
      add(load.each, child.each)
    }
  }

  /** Of the items of one list over all the readings, the worst is that all come from where each costs most. */
  function addMerged(load: Load, field: PlannedField, readings: readonly Reading[]): void {
    const most = none()
    for (const { provider, origin, items } of readings) {
      const empty = none()
      const full = none()
      for (const [amounts, count] of [
        [empty, 0],
        [full, items],
      ] as const) {
        const child = recordLoad(field, field.type, placeOf(provider, origin, count))
        add(amounts, child.batch)
        add(amounts, child.each)
      }
      add(load.each, empty)
      for (const [index, amount] of full.entries()) {
        most[index] = Math.max(most[index] ?? 0, amount - (empty[index] ?? 0))
      }
    }
    add(load.each, most)
  }

  function rememberId({ provider, type, key }: KnownId, field: PlannedField): void {
    if (!indexOf.has(provider)) return
    const types = ids.get(provider) ?? new Map<string, Map<string, PlannedField[]>>()
    const fields = types.get(type) ?? new Map<string, PlannedField[]>()
    const askedFor = fields.get(key) ?? []
    askedFor.push(field)
    ids.set(provider, types.set(type, fields.set(key, askedFor)))
  }

  /** What was named by id is read in one batch for each type and provider. */
  function addIds(load: Load): void {
    for (const [provider, types] of ids) {
      for (const [type, fields] of types) {
        const origin: Origin = type === 'User' && fields.size === 1 ? 'whole' : 'batched'
        const place = placeOf(provider, origin, 1)
        const { perBatch, perRecord } = priceOfIds(provider, type, fields.size)
        addCalls(load.each, place.index, perBatch + perRecord * fields.size)
        const counts = new Map<PlannedField, number>()
        for (const field of [...fields.values()].flat()) counts.set(field, (counts.get(field) ?? 0) + 1)
        for (const [field, count] of counts) {
          const child = recordLoad(field, type, place)
          add(load.each, child.batch)
          add(load.each, child.each, count)
        }
      }
    }
  }

  const load = loadOf(plan.root, { provider: all[0] ?? nowhere, index: 0, origin: 'whole', items: 1 })
  const whole = noLoad()
  addLoad(whole, load)
  addIds(whole)
  add(whole.each, whole.batch)
  const amountAt = (index: number): number => Math.floor((whole.each[index] ?? 0) + rounding)
  return {
    total: amountAt(size - 1),
    byProvider: Object.fromEntries(all.map(({ name }, index) => [name, amountAt(index)])),
  }
}

/** The providers in a list, with the place of each. Most callers have the same ones. */
interface Listing {
  readonly all: readonly IdentityProvider[]
  readonly indexOf: ReadonlyMap<IdentityProvider, number>
}

const listings = new WeakMap<Providers, Listing>()

function listingOf(providers: Providers): Listing {
  let listing = listings.get(providers)
  if (!listing) {
    const all = [...providers.values()]
    listing = { all, indexOf: new Map(all.map((provider, index) => [provider, index])) }
    listings.set(providers, listing)
  }
  return listing
}

/** Stands in where there is no provider at all, and nothing is read. */
const nowhere = { name: '', prices: {}, users: { maxIdsPerCall: 1 } } as unknown as IdentityProvider // never asked

/** Users and groups of one batch; sessions and grants one by one. */
function priceOfIds(provider: IdentityProvider, type: string, count: number): BatchPrice {
  switch (type) {
    case 'User':
      return count === 1 ? inCallsOf(1) : usersById(provider)
    case 'Group':
      return count === 1 ? inCallsOf(1) : groupsById(provider)
    case 'Session':
      return foundAgain(provider, provider.prices.sessions?.get)
    case 'Grant':
      return foundAgain(provider, provider.prices.grants?.get)
    default:
      return { perBatch: 0, perRecord: 0 }
  }
}

/** A record of a user's, looked for by itself: its price, and the user's record where it is made out of that. */
export function foundAgain(provider: IdentityProvider, price: RelationPrice = {}): BatchPrice {
  const { page = () => 1, readsRecord = false } = price
  const calls = page({ first: 1, isResumed: false })
  const { perBatch, perRecord } = readsRecord ? completedUsers(provider) : { perBatch: 0, perRecord: 0 }
  return { perBatch, perRecord: calls + perRecord }
}

/** Users by ids that anybody may have made up. */
function usersById({ prices, users }: IdentityProvider): BatchPrice {
  return prices.users?.getMany ?? inCallsOf(users.maxIdsPerCall)
}

/** Users whom the upstream itself has named. */
export function completedUsers(provider: IdentityProvider): BatchPrice {
  return provider.prices.users?.complete ?? usersById(provider)
}

export function groupsById({ prices, groups }: IdentityProvider): BatchPrice {
  return prices.groups?.getMany ?? inCallsOf(groups?.maxIdsPerCall ?? 1)
}

/** The reads that it takes to have users whole. */
function completionsOf(selection: PlannedSelection, { readsRecord }: Load, { provider, origin }: Place): BatchPrice[] {
  const { missingFromLists = [], missingFromMembers = [] } = provider.prices.users ?? {}
  const byIdOnly: readonly string[] = provider.users.byIdOnly?.fields ?? []
  const missing: readonly string[] =
    origin === 'whole'
      ? []
      : origin === 'member'
        ? missingFromMembers
        : origin === 'listed'
          ? missingFromLists
          : byIdOnly
  const inBatches = missing.filter((field) => !byIdOnly.includes(field))
  const isIncomplete = inBatches.some((field) => selection.needs.has(field)) || (readsRecord && inBatches.length > 0)
  const isByIdOnly = byIdOnly.some((field) => missing.includes(field) && selection.needs.has(field))
  return [...(isIncomplete ? [completedUsers(provider)] : []), ...(isByIdOnly ? [inCallsOf(1)] : [])]
}

function groupCompletions({ needs }: PlannedSelection, { provider, origin }: Place): BatchPrice[] {
  const missing: readonly string[] =
    origin === 'membership' ? (provider.prices.groups?.missingFromMemberships ?? []) : []
  return missing.some((field) => needs.has(field)) ? [groupsById(provider)] : []
}
