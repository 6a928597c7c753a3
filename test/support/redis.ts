import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

/** Whether there is a Redis to test with; the machine's package is called `redis-server`. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0

/** A Redis of the test's own. */
export interface TestRedis {
  readonly url: string
  /** Ends it; what it held is lost. */
  stop(): Promise<void>
  /** Begins again on the same port, empty. */
  start(): Promise<void>
  /** Stops its process without ending it: connections stay open and nothing answers. */
  freeze(): void
  thaw(): void
}

export async function startRedis(): Promise<TestRedis> {
  const port = await freePort()
  let child: ChildProcess | null = null

  const redis: TestRedis = {
    url: `redis://127.0.0.1:${port}`,
    async start() {
      const started = spawn('redis-server', [
        '--port',
        String(port),
        '--bind',
        '127.0.0.1',
        '--save',
        '',
        '--appendonly',
        'no',
      ])
      child = started
      let output = ''
      started.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString()
      })
      while (!output.includes('Ready to accept connections')) await once(started.stdout, 'data')
    },
    async stop() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
  }
  await redis.start()
  return redis
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // a TCP server's address
  server.close()
  await once(server, 'close')
  return port
}
