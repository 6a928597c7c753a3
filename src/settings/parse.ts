import type { z } from 'zod'

/** Wrong settings, one line each: name, what is wrong, what is expected. Never a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(
      `${faults.length} wrong ${faults.length === 1 ? 'setting' : 'settings'}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    )
    this.faults = faults
  }
}

/** `undefined` when there was a fault. Zod's messages name what was expected and never hold the value. */
export function parse<Output>(
  schema: z.ZodType<Output>,
  value: unknown,
  faults: string[],
  nameOf: (path: string) => string,
): Output | undefined {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  for (const issue of result.error.issues) {
    faults.push(`${nameOf(issue.path.map(String).join('.')) || 'config'}: ${issue.message}`)
  }
  return undefined
}
