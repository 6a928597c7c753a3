import { Counter, Gauge, type Registry } from 'prom-client'
import type { PipelineState } from '../upstream/watch.ts'

const breakerStates = ['closed', 'open', 'probing'] as const
const healthStates = ['up', 'degraded', 'down'] as const

/** How things stand: nobody counts it on the way, it is looked at when somebody reads the metrics. */
export function registerStanding(
  registry: Registry,
  pipelines: ReadonlyMap<string, () => PipelineState>,
  droppedLogLines: () => number,
): void {
  const registers = [registry]

  function gauge(name: string, help: string, valueOf: (state: PipelineState) => number | null): void {
    const metric = new Gauge({
      name,
      help,
      labelNames: ['provider'],
      registers,
      collect() {
        for (const [provider, state] of pipelines) {
          const value = valueOf(state())
          if (value !== null) metric.set({ provider }, value)
        }
      },
    })
  }

  /** One series per word, of which one is 1. */
  function standing<Word extends string>(
    name: string,
    help: string,
    words: readonly Word[],
    wordOf: (state: PipelineState) => Word,
  ): void {
    const metric = new Gauge({
      name,
      help,
      labelNames: ['provider', 'state'],
      registers,
      collect() {
        for (const [provider, state] of pipelines) {
          const current = wordOf(state())
          for (const word of words) metric.set({ provider, state: word }, word === current ? 1 : 0)
        }
      },
    })
  }

  /** Counted by the pipelines themselves. */
  function counter(name: string, help: string, valueOf: (state: PipelineState) => number): void {
    const metric = new Counter({
      name,
      help,
      labelNames: ['provider'],
      registers,
      collect() {
        metric.reset()
        for (const [provider, state] of pipelines) metric.inc({ provider }, valueOf(state()))
      },
    })
  }

  standing(
    'identity_gateway_provider_health',
    'How the provider has been answering lately: 1 for the state that it is in.',
    healthStates,
    ({ health }) => health,
  )
  standing(
    'identity_gateway_upstream_breaker',
    'Whether calls are let through (closed), held back (open) or tried out (probing): 1 for the state that it is in.',
    breakerStates,
    ({ breaker }) => breaker,
  )
  gauge('identity_gateway_upstream_running', 'Attempts under way.', ({ running }) => running)
  gauge('identity_gateway_upstream_waiting', 'Attempts that wait for a place.', ({ waiting }) => waiting)
  gauge('identity_gateway_upstream_paused', '1 while the provider has asked to be left alone.', ({ isPaused }) =>
    isPaused ? 1 : 0,
  )
  gauge(
    'identity_gateway_upstream_rate_limit_remaining',
    'Calls that the provider last said it would still take. Absent where it never said.',
    ({ rateLimitRemaining }) => rateLimitRemaining,
  )
  counter(
    'identity_gateway_upstream_joined_reads_total',
    'Reads that joined an identical one in flight, and so cost no call.',
    ({ joinedReads }) => joinedReads,
  )
  counter(
    'identity_gateway_upstream_sign_ins_total',
    'Requests for a token with which the gateway calls the provider.',
    ({ signIns }) => signIns,
  )
  const heldBack = new Counter({
    name: 'identity_gateway_upstream_held_back_total',
    help: 'Calls that were not made: the provider fails, is asked too fast, too many wait for it, or it has retired the route.',
    labelNames: ['provider', 'reason'],
    registers,
    collect() {
      heldBack.reset()
      for (const [provider, state] of pipelines) {
        for (const [reason, count] of Object.entries(state().heldBack)) heldBack.inc({ provider, reason }, count)
      }
    },
  })
  const dropped = new Counter({
    name: 'identity_gateway_log_lines_dropped_total',
    help: 'Lines of the log that were dropped because nobody read it.',
    registers,
    collect() {
      dropped.reset()
      dropped.inc(droppedLogLines())
    },
  })
}
