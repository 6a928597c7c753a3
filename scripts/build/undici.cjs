/** As much of undici as the gateway uses. The build puts it in undici's place. */
exports.Pool = require('undici/lib/dispatcher/pool.js')
