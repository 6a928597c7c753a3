/**
 * What Pothos' federation plugin uses of @apollo/subgraph: it prints the subgraph at every start, for an answer to `_service` that
 * `schema/service.ts` replaces. The build puts this in the package's place.
 */
exports.printSubgraphSchema = () => ''
