import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { Command, Counts, Report } from './upstreams.ts'

/** The vendors under all targets. */
export interface UpstreamProcess {
  readonly origin: string
  setLatency(ms: number): void
  /** Nothing new is answered any more: see `upstreams.ts`. */
  freeze(): void
  /** The calls since this was asked last. */
  takeCounts(): Promise<Counts>
  stop(): Promise<void>
}

export async function startUpstreams(): Promise<UpstreamProcess> {
  const child = fork(new URL('upstreams.ts', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const tell = (command: Command): void => {
    child.send(command)
  }
  const { origin } = await reportOf(child, 'listening')
  return {
    origin,
    setLatency: (ms) => tell({ command: 'latency', ms }),
    freeze: () => tell({ command: 'freeze' }),
    takeCounts() {
      const counts = reportOf(child, 'counts')
      tell({ command: 'takeCounts' })
      return counts
    },
    async stop() {
      const exit = once(child, 'exit')
      child.disconnect()
      await exit
    },
  }
}

async function reportOf<Name extends Report['report']>(
  child: ChildProcess,
  name: Name,
): Promise<Extract<Report, { readonly report: Name }>> {
  const [message] = (await once(child, 'message')) as [Report] // it sends nothing else
  if (message.report !== name) throw new Error(`the upstreams reported ${message.report} instead of ${name}`)
  return message as Extract<Report, { readonly report: Name }> // just compared
}
