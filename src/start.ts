#!/usr/bin/env -S node --v8-pool-size=1 --no-allocation-site-pretenuring
/**
 * The program, with what Node compiles of it kept for the next start. Where that cannot be kept, it starts as before. The flag above
 * is for what a gateway does: what it makes is garbage as soon as the answer is sent, and collecting that with many threads costs more
 * processor time than it saves (bench/README.md).
 */
import { enableCompileCache } from 'node:module'

enableCompileCache()
await import('./cli.ts')
