import type { Server } from 'node:http'

/** Serves on the port that `run.ts` has chosen. */
export function announce(server: Server): void {
  server.listen(Number(process.env['PORT']), '127.0.0.1')
}
