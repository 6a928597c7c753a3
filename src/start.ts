#!/usr/bin/env -S node --v8-pool-size=1 --no-allocation-site-pretenuring --min-semi-space-size=4 --max-semi-space-size=32 --no-memory-reducer-favors-memory --expose-gc --invocation-count-for-turbofan=1000 --max-inlined-bytecode-size=700 --max-inlined-bytecode-size-cumulative=1800
/**
 * The program, with what Node compiles of it kept for the next start. Where that cannot be kept, it starts as before. The flags above are
 * for what a gateway does: what it makes is garbage as soon as the answer is sent. Collecting that with many threads costs more processor time
 * than it saves; whatever the engine takes for long-lived, because it saw some of it live on, waits for a full collection; and with more
 * room for new objects than usual, also while little is asked, it is collected half as often. The collections by which the engine saves memory when
 * little is asked would throw away its optimized code, too. A request goes through hundreds of small functions: they are optimized after a
 * third of the calls that it takes by default, and more of them into one piece (bench/README.md). `gc` is for the end of the start.
 */
import { enableCompileCache } from 'node:module'

enableCompileCache()
await import('./cli.ts')

/** Milliseconds after which nothing is left to do of the start. */
const startedMs = 1_000

// What only the start needed is a tenth of the memory, and would stay until a full collection, which may be hours away.
setTimeout(() => {
  // It forgets the shapes of objects of which there is none, and code that knew such a shape takes the next one for a second, for good.
  // Ticks are what every request makes: let there be one.
  process.nextTick(() => {})
  globalThis.gc?.({ type: 'major', flavor: 'last-resort' })
}, startedMs).unref()
