import type { Http } from '../../upstream/http.ts'
import type { ArgumentNames } from './errors.ts'
import type { Mapping } from './map.ts'

/** What every part of the adapter works with. */
export interface MonoCloudUpstream {
  /** The name it was configured under. */
  readonly provider: string
  /** For reads. */
  readonly http: Http
  /** For writes: a refusal names the argument that the request's member was made from. */
  readonly httpNaming: (names: ArgumentNames) => Http
  readonly maxParallelCalls: number
  /** The largest page that the tenant gives. */
  readonly maxPageSize: number
  /** What records are made with now. */
  readonly mapping: () => Mapping
}
