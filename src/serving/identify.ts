import { type Authenticate, isRefusal } from '../access/authenticate.ts'
import type { Caller } from '../access/caller.ts'
import type { ReadHeader } from '../access/credentials.ts'
import type { RateLimit } from '../limits/rate-limit.ts'
import { type AddressOf, socketOf } from '../requests/address.ts'
import type { Refusal } from '../requests/refusal.ts'

/** Who is asking over this connection; a refusal for everybody else. At once where nobody has to be asked. */
export type Identify = (header: ReadHeader, connection: unknown) => Promise<Caller | Refusal> | Caller | Refusal

/** Whoever is not known too often is told to wait. */
export function createIdentify(authenticate: Authenticate, failures: RateLimit, addressOf: AddressOf): Identify {
  const settle = async (answer: Refusal, header: ReadHeader, connection: unknown): Promise<Refusal> => {
    if (answer.status !== 401) return answer
    const address = addressOf(connection, header)
    return (address === null ? null : await failures.take(address, 1)) ?? answer
  }
  return (header, connection) => {
    const answer = authenticate({ header, connection: socketOf(connection) })
    if (answer instanceof Promise) {
      return answer.then<Caller | Refusal>((settled) =>
        isRefusal(settled) ? settle(settled, header, connection) : settled,
      )
    }
    return isRefusal(answer) ? settle(answer, header, connection) : answer
  }
}
