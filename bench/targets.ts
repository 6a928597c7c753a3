import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { digestOfApiKey } from '../src/access/api-keys.ts'

/** The programs that are compared. */
export const targetNames = ['raw', 'yoga', 'gateway'] as const

export type TargetName = (typeof targetNames)[number]

/** A program under load, in a process of its own. */
export interface Target {
  readonly name: TargetName
  readonly origin: string
  /** Milliseconds from the start of the process until it answered a query. Includes the query. */
  readonly startMs: number
  /** Milliseconds of processor time used since the start, by all its threads. */
  cpuMs(): number
  memory(): Memory
  stop(): Promise<void>
}

export function targetOf(targets: readonly Target[], name: TargetName): Target {
  const found = targets.find((target) => target.name === name)
  if (!found) throw new Error(`${name} was not started`)
  return found
}

/** In megabytes, as the kernel counts. */
export interface Memory {
  readonly residentMb: number
  /** The most there ever was. */
  readonly peakMb: number
}

/** The key that callers show; the baselines ask for none. */
export const apiKey = 'key-of-the-benchmark'

const programs: Readonly<Record<TargetName, readonly string[]>> = {
  raw: ['bench/targets/raw.ts'],
  yoga: ['bench/targets/yoga.ts'],
  gateway: ['src/cli.ts', 'serve'],
}

export interface StartOptions {
  /** Instead of the program's source: the built one. */
  readonly program?: readonly string[]
  /** The vendors' places and keys. */
  readonly environment: Readonly<Record<string, string>>
  /** Answers whether the program at this origin answers a query yet. */
  readonly isReady: (origin: string) => Promise<boolean>
}

/** Starts a program and waits for its first answer. */
export async function startTarget(name: TargetName, options: StartOptions): Promise<Target> {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const startedAt = performance.now()
  const child = spawn(process.execPath, [...(options.program ?? programs[name])], {
    cwd: new URL('..', import.meta.url),
    env: {
      PATH: process.env['PATH'] ?? '',
      NODE_ENV: 'production',
      PORT: String(port),
      METRICS_PORT: '0',
      API_KEYS: `bench:${digestOfApiKey(apiKey)}:*`,
      ...options.environment,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  await untilReady(child, () => options.isReady(origin))
  const startMs = performance.now() - startedAt
  const pid = child.pid ?? 0
  return {
    name,
    origin,
    startMs,
    cpuMs: () => processorTime(pid),
    memory: () => memoryOf(pid),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      await exit
    },
  }
}

const startTimeoutMs = 30_000

async function untilReady(child: ChildProcess, isReady: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + startTimeoutMs
  while (!(await isReady())) {
    if (child.exitCode !== null) throw new Error(`${child.spawnargs.join(' ')} ended with ${child.exitCode}`)
    if (performance.now() > giveUpAt) throw new Error(`${child.spawnargs.join(' ')} does not answer`)
    await new Promise((resolve) => {
      setTimeout(resolve, 2)
    })
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // a TCP server's address
  server.close()
  await once(server, 'close')
  return port
}

/** Of all threads, to the nanosecond: the usual counters of a process tick a hundred times a second only. */
function processorTime(pid: number): number {
  let nanoseconds = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0])
  }
  return nanoseconds / 1_000_000
}

function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const megabytes = (line: string): number => Number(new RegExp(`^${line}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024
  return { residentMb: megabytes('VmRSS'), peakMb: megabytes('VmHWM') }
}
