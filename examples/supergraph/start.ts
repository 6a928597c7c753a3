import { readFile } from 'node:fs/promises'
import { addresses } from './addresses.ts'
import { supergraphFile } from './compose.ts'
import { startIdentity } from './identity.ts'
import { listen } from './listen.ts'
import { orderBook } from './order-book.ts'
import { createOrders } from './orders.ts'
import { createRouter } from './router.ts'

const query = '{ orders(first: 3) { id totalCents currency customer { name email status provider { kind } } } }'

/** `--any-ports` lets everything listen where there is room, for a machine on which the usual ports are taken. */
const portOf = (address: string): number => (process.argv.includes('--any-ports') ? 0 : Number(new URL(address).port))

const identity = await startIdentity(portOf(addresses.identity))
const orders = await listen(createOrders(orderBook), portOf(addresses.orders))
const router = createRouter({
  supergraph: await readFile(supergraphFile, 'utf8'),
  locations: { identity: identity.url, orders: orders.url },
})
const served = await listen(router, portOf(addresses.router))

console.log(`The supergraph is served at ${served.url}
  identity   ${identity.url}   (sandbox data; API key: sandbox)
  orders     ${orders.url}

Ask it, for instance:

curl -s ${served.url} -H 'content-type: application/json' -H 'x-api-key: sandbox' \\
  -d '${JSON.stringify({ query })}'
`)

async function stop(): Promise<void> {
  await served.stop()
  await router[Symbol.asyncDispose]()
  await orders.stop()
  await identity.stop()
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stop().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  })
}
