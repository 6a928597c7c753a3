#!/usr/bin/env -S node --v8-pool-size=1 --min-semi-space-size=32 --max-semi-space-size=32
/**
 * The program, with what Node compiles of it kept for the next start. Where that cannot be kept, it starts as before. The flags above are
 * for what a gateway does: what it makes is garbage as soon as the answer is sent, and collecting that with many threads costs more
 * processor time than it saves (bench/README.md).
 */
import { enableCompileCache } from 'node:module'

enableCompileCache()
await import('./cli.ts')
