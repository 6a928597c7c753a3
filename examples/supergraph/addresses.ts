/** Where the parts of the example listen, and where the composed supergraph says that its subgraphs are. */
export const addresses = {
  router: 'http://127.0.0.1:4100/graphql',
  identity: 'http://127.0.0.1:4101/graphql',
  orders: 'http://127.0.0.1:4102/graphql',
} as const
