#!/usr/bin/env node
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { apiKeyHeader, digestOfApiKey, newApiKey } from './access/api-keys.ts'
import { type Config, ConfigError, createGateway, providerDefinitions, readConfig } from './index.ts'

const usage = `identity-gateway [command]

  serve     the gateway; with no provider configured, on a sandbox of four vendors (default)
  sandbox   the sandbox alone
  schema    print the GraphQL schema; --subgraph: as a federated subgraph
  key       make an API key and print it with the setting that makes it known

  --config FILE   settings as JSON; see README.md
`

/** The key that callers of the sandboxed gateway show. It opens nothing real. */
const sandboxKey = 'sandbox'

/** Where a front end under development is. */
const sandboxRedirectOrigins = ['http://localhost:*', 'https://localhost:*', 'http://127.0.0.1:*']

const checkTimeoutMs = 5_000

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { config: { type: 'string' }, subgraph: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  })
  const [command = 'serve', ...others] = positionals
  if (values.help) return print(usage)
  if (others.length > 0) throw new ConfigError([`${others.join(' ')}: not expected after ${command}`])
  switch (command) {
    case 'serve':
      return serve(await configFrom(values.config ?? process.env['GATEWAY_CONFIG']))
    case 'sandbox':
      return serveSandbox(await configFrom(undefined))
    case 'schema':
      return printSchema(values.subgraph ?? false, await configFrom(values.config ?? process.env['GATEWAY_CONFIG']))
    case 'key':
      return printNewKey()
    default:
      throw new ConfigError([`${command}: no such command; expected serve, sandbox, schema or key`])
  }
}

async function configFrom(path: string | undefined): Promise<Config> {
  const file = path === undefined || path === '' ? undefined : await readJson(path)
  return readConfig({ environment: process.env, file, definitions: providerDefinitions })
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError([`config: ${path} cannot be read (${error.code ?? 'unknown reason'}); expected a JSON file`])
  })
  try {
    return JSON.parse(text)
  } catch {
    throw new ConfigError([`config: ${path} is not JSON`])
  }
}

async function serve(config: Config): Promise<void> {
  if (config.providers.length === 0) return serveOnSandbox(config)
  const gateway = await createGateway({
    ...config,
    graphiql: config.isGraphiqlEnabled
      ? { headers: { [apiKeyHeader]: '' }, exampleEmail: 'somebody@example.com' }
      : null,
  })
  const { port, metricsPort } = await gateway.listen(config.host, config.port)
  stopOnSignal(() => gateway.close(config.shutdownTimeoutMs))
  print(`identity-gateway is serving`)
  printAddresses(config.host, port, config.isGraphiqlEnabled)
  printMetrics(config, metricsPort)
  if (config.apiKeys.length + config.issuers.length === 0) {
    print('  No API key and no issuer of tokens is configured, so nobody will be served: set API_KEYS (see README.md)')
  }
  await printProviders(gateway)
}

async function serveOnSandbox(config: Config): Promise<void> {
  // The gateway itself never needs the sandbox, so it is only loaded here.
  const { createSandbox, sandboxEnvironment, sandboxIssuers } = await import('./sandbox/sandbox.ts')
  const { listen } = await import('./sandbox/listen.ts')
  const { exampleEmail } = await import('./sandbox/people.ts')
  const sandbox = await listen(createSandbox(config.sandbox), config.sandbox.port)
  const { providers, issuers } = readConfig({
    environment: { ...sandboxEnvironment(sandbox.origin), READ_ONLY: process.env['READ_ONLY'] },
    file: { issuers: sandboxIssuers(sandbox.origin) },
    definitions: providerDefinitions,
  })
  const gateway = await createGateway({
    ...config,
    providers,
    issuers,
    auditLog: config.auditLog ?? 'off',
    redirectOrigins: config.redirectOrigins ?? sandboxRedirectOrigins,
    apiKeys: [{ name: 'sandbox', sha256: digestOfApiKey(sandboxKey), scopes: '*', providers: '*' }],
    graphiql: { headers: { [apiKeyHeader]: sandboxKey }, exampleEmail: exampleEmail() },
  })
  // A key that everybody knows must not be reachable from elsewhere.
  const host = '127.0.0.1'
  const { port, metricsPort } = await gateway.listen(host, config.port)
  stopOnSignal(async () => {
    await gateway.close(config.shutdownTimeoutMs)
    await sandbox.close()
  })
  print('identity-gateway is serving SANDBOX DATA: nobody in it is real, and nothing done here reaches a vendor')
  printAddresses(host, port, true)
  printMetrics(config, metricsPort)
  print(`  API key    ${apiKeyHeader}: ${sandboxKey}`)
  print(`  Sandbox    ${sandbox.origin}`)
  await printProviders(gateway)
}

async function serveSandbox(config: Config): Promise<void> {
  const { createSandbox, sandboxEnvironment } = await import('./sandbox/sandbox.ts')
  const { listen } = await import('./sandbox/listen.ts')
  const sandbox = await listen(createSandbox(config.sandbox), config.sandbox.port)
  stopOnSignal(() => sandbox.close())
  print(`The sandbox of four vendors is at ${sandbox.origin}. A gateway uses it with these variables:`)
  for (const [name, value] of Object.entries(sandboxEnvironment(sandbox.origin))) print(`  ${name}=${value}`)
}

async function printSchema(isSubgraph: boolean, { hasNodeFields }: Config): Promise<void> {
  const { printSdl } = await import('../schema/print.ts')
  print(printSdl({ isSubgraph, hasNodeFields }).trimEnd())
}

/** The key itself is printed here and nowhere else: only its digest is configured. */
function printNewKey(): void {
  const key = newApiKey()
  print(`key      ${key}`)
  print(`digest   ${digestOfApiKey(key)}`)
  print(`setting  API_KEYS=web:${digestOfApiKey(key)}:users:read+groups:read`)
}

function printAddresses(host: string, port: number, hasGraphiql: boolean): void {
  const origin = originOf(host, port)
  if (hasGraphiql) print(`  GraphiQL   ${origin}/graphiql`)
  print(`  GraphQL    ${origin}/graphql`)
}

function printMetrics({ telemetry: { metrics } }: Config, port: number | null): void {
  if (metrics && port !== null) print(`  Metrics    ${originOf(metrics.host, port)}/metrics`)
}

function originOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

async function printProviders(gateway: Awaited<ReturnType<typeof createGateway>>): Promise<void> {
  for (const { name, problem } of await gateway.check(checkTimeoutMs)) {
    print(`  Provider   ${name}: ${problem === null ? 'up' : `down (${problem})`}`)
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function isCoded(error: unknown, code: string): error is Error {
  return error instanceof Error && 'code' in error && error.code === code
}

/** Stops in order at the first signal, and at once at the second. */
/** Milliseconds within which a second signal is the first one again: a terminal and npm both send the one of Ctrl-C. */
const sameSignalMs = 300

function stopOnSignal(close: () => Promise<void>): void {
  let firstAt: number | null = null
  const stop = (): void => {
    if (firstAt !== null) {
      if (performance.now() - firstAt > sameSignalMs) process.exit(1)
      return
    }
    firstAt = performance.now()
    close().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

main().catch((error: unknown) => {
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`)
  } else if (isCoded(error, 'EADDRINUSE')) {
    process.stderr.write(`${error.message}: choose another with PORT, METRICS_PORT and SANDBOX_PORT (0: any)\n`)
  } else if (isCoded(error, 'ERR_PARSE_ARGS_UNKNOWN_OPTION') || isCoded(error, 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE')) {
    process.stderr.write(`${error.message}\n\n${usage}`)
  } else {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  }
  process.exitCode = 1
  // Whatever was already listening must not keep a failed start alive.
  setImmediate(() => process.exit())
})
