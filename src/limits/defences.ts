import type { CorsOptions } from '../requests/cors.ts'
import type { Limits } from './limits.ts'

/** How the gateway keeps itself and the providers from being asked too much, and by whom it is not meant to be. */
export interface Defences {
  /** What is left out is limited as usual. */
  readonly limits?: Partial<Limits> | undefined
  /** Whether introspection and `_service` are refused. Left out: they are not. */
  readonly isSchemaClosed?: boolean | undefined
  /** Whose pages may read answers. Left out: nobody's. */
  readonly cors?: CorsOptions | undefined
  /**
   * The header, in lower case, in which a proxy of ours says whom it speaks for. Left out: there is none, and no header is believed.
   */
  readonly addressHeader?: string | undefined
}
