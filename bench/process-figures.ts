import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** What a process holds, as the kernel counts. */
export interface Holding {
  readonly residentMb: number
  readonly sockets: number
}

/** Linux only. Throws when there is no such process any more. */
export function holdingOf(pid: number): Holding {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? Number.NaN)
  const descriptors = readdirSync(`/proc/${pid}/fd`).map((name) => linkOf(`/proc/${pid}/fd/${name}`))
  return { residentMb: kilobytes / 1024, sockets: descriptors.filter((link) => link.startsWith('socket:')).length }
}

/** Empty for one that has been closed meanwhile. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
