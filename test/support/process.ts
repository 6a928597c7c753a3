import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** The program itself, as a child process. */
export interface RunningGateway {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string
  readonly sandboxOrigin: string | null
  readonly pid: number
  /** Everything it has printed, to either stream. */
  output(): string
  /** Its exit code, `null` after it was killed. */
  readonly ended: Promise<number | null>
  signal(name: NodeJS.Signals): void
  stop(): Promise<void>
}

export interface StartOptions {
  readonly arguments?: readonly string[]
  /** Beside PATH, EXECUTOR and the ports; nothing else is passed on. */
  readonly environment?: Readonly<Record<string, string>>
  /** The text after which it is ready. */
  readonly readyWhen?: RegExp
}

/** The tests' own executor, where one is asked for, is that of the programs which they start. */
function passedOn(): Record<string, string> {
  const { PATH = '', EXECUTOR = '' } = process.env
  return { PATH, ...(EXECUTOR === '' ? {} : { EXECUTOR }) }
}

/** Starts `npm start`'s program on free ports and waits until it says that the last provider was checked. */
export async function startGateway(options: StartOptions = {}): Promise<RunningGateway> {
  const { child, output } = run(options)
  // Not its exit: what it printed last comes after that.
  const ended = once(child, 'close').then(([code]) => code as number | null) // by the event's declaration
  const readyWhen = options.readyWhen ?? /Provider +app-services: .*\n/
  await until(child, output, readyWhen)
  const port = /GraphQL +http:\/\/[^:]+:(\d+)\//.exec(output())?.[1]
  const sandbox = /Sandbox +(http:\S+)/.exec(output())?.[1] ?? null
  return {
    origin: `http://127.0.0.1:${port}`,
    sandboxOrigin: sandbox,
    pid: child.pid ?? 0,
    output,
    ended,
    signal: (name) => void child.kill(name),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await ended
    },
  }
}

/** Runs the program to its end. */
export async function runToEnd(
  options: StartOptions,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const { child, output } = run(options)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output: output() }
}

function run(options: StartOptions): { readonly child: ChildProcess; output(): string } {
  const child = spawn(process.execPath, ['src/cli.ts', ...(options.arguments ?? ['serve'])], {
    cwd: root,
    env: { ...passedOn(), PORT: '0', SANDBOX_PORT: '0', ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  const collect = (chunk: Buffer): void => {
    text += chunk.toString()
    child.emit('printed')
  }
  child.stdout?.on('data', collect)
  child.stderr?.on('data', collect)
  return { child, output: () => text }
}

async function until(child: ChildProcess, output: () => string, pattern: RegExp): Promise<void> {
  const ended = once(child, 'exit').then(() => {
    throw new Error(`the gateway ended: ${output()}`)
  })
  ended.catch(() => {}) // an end after it was ready is no failure of the start
  while (!pattern.test(output())) await Promise.race([once(child, 'printed'), ended])
}
