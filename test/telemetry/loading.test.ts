import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** The packages of metrics and traces that a gateway with this telemetry loads, in a process of its own. */
async function loadedWith(telemetry: unknown): Promise<readonly string[]> {
  const program = `
    import { registerHooks } from 'node:module'
    const seen = new Set()
    registerHooks({
      resolve(specifier, context, next) {
        if (/^(prom-client|@opentelemetry\\/)/.test(specifier)) seen.add(specifier)
        return next(specifier, context)
      },
    })
    const { createGateway } = await import('./src/index.ts')
    const gateway = await createGateway({
      providers: [], apiKeys: [], requestTimeoutMs: 1000, softDeadlineMs: 500, graphiql: null, auditLog: 'off',
      telemetry: ${JSON.stringify(telemetry)},
    })
    await gateway.close()
    console.log(JSON.stringify([...seen]))
    process.exit()
  `
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: root,
  })
  return JSON.parse(stdout) as string[] // printed above
}

describe('a gateway', () => {
  it('loads nothing for metrics and traces while nobody wants them', async () => {
    expect(await loadedWith({ logLevel: 'info', metrics: null, traces: null })).toEqual([])
  })

  it('loads what is wanted', async () => {
    const metrics = { host: '127.0.0.1', port: 0 }
    const loaded = await loadedWith({ logLevel: 'info', metrics, traces: { tellsProviders: false } })
    expect(loaded).toEqual(expect.arrayContaining(['prom-client', '@opentelemetry/sdk-trace']))
  })
})
