import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface RunningIdentity {
  /** Its GraphQL endpoint. */
  readonly url: string
  stop(): Promise<void>
}

/**
 * Starts the gateway as `npm start` would, on its sandbox, and waits until it serves. It gets none of our environment: with real
 * providers configured there, it would serve those.
 */
export async function startIdentity(port: number): Promise<RunningIdentity> {
  const child = spawn(process.execPath, ['src/cli.ts', 'serve'], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', PORT: String(port), SANDBOX_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  // However we end, it does not stay behind.
  process.once('exit', () => child.kill())
  let output = ''
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      const address = /GraphQL +(http:\S+)\n/.exec(output)?.[1]
      if (address !== undefined) resolve(address)
    })
    child.once('exit', () => reject(new Error(`the gateway did not start:\n${output}`)))
    child.once('error', reject)
  })
  return {
    url,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}
