#!/usr/bin/env node
/** The program, with what Node compiles of it kept for the next start. Where that cannot be kept, it starts as before. */
import { enableCompileCache } from 'node:module'

enableCompileCache()
await import('./cli.ts')
