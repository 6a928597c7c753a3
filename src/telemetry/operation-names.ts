/** Names that callers give their operations, as far as they may be the label of a metric. */
export interface OperationNames {
  /** The name itself, `anonymous` where there is none, or `other` once there are too many or it is too long. */
  labelOf(name: string | null): string
}

/** Above this many distinct ones a name is `other`: each is several time series, and callers choose them. */
const maxNames = 200
const maxNameLength = 64

export function createOperationNames(most: number = maxNames): OperationNames {
  const known = new Set<string>()
  return {
    labelOf(name) {
      if (name === null) return 'anonymous'
      if (known.has(name)) return name
      if (name.length > maxNameLength || known.size >= most) return 'other'
      known.add(name)
      return name
    },
  }
}
