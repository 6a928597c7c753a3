import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')

/** The layers, and what each may import beside itself. Packages are anybody's, but for what `forbiddenPackages` says. */
const allowedImports: Readonly<Record<string, readonly string[]>> = {
  identity: [],
  upstream: ['identity'],
  providers: ['identity', 'upstream'],
  batch: ['identity'],
  context: ['identity', 'batch', 'telemetry', 'cache', 'access'],
  directory: ['identity', 'batch', 'context'],
  access: ['identity', 'upstream'],
  telemetry: ['identity', 'upstream'],
  sandbox: [],
  limits: ['identity', 'context', 'access', 'requests'],
  schema: ['identity', 'batch', 'context', 'directory', 'access', 'limits', 'requests', 'telemetry'],
  graphiql: [],
  requests: ['access', 'upstream'],
  'shared-store': ['upstream', 'cache', 'access', 'limits'],
  cache: ['identity', 'upstream', 'access'],
  lifecycle: ['identity', 'upstream', 'context'],
  settings: ['identity', 'upstream', 'access', 'execution', 'limits', 'telemetry'],
  config: ['access', 'settings', 'cache', 'execution', 'limits', 'telemetry'],
  execution: [],
  operations: ['identity', 'cache', 'context', 'access', 'execution', 'limits', 'telemetry', 'schema', 'requests'],
  serving: ['identity', 'access', 'graphiql', 'limits', 'operations', 'requests', 'telemetry'],
  server: ['access', 'graphiql', 'limits', 'operations', 'requests', 'serving', 'telemetry'],
  index: [
    'identity',
    'upstream',
    'providers',
    'context',
    'access',
    'telemetry',
    'config',
    'execution',
    'graphiql',
    'lifecycle',
    'limits',
    'requests',
    'server',
    'shared-store',
    'cache',
  ],
  cli: ['access', 'index', 'sandbox', 'schema'],
  start: ['cli'],
}

/** Packages that would tie a layer to something it must not know. */
const forbiddenPackages: Readonly<Record<string, RegExp>> = {
  identity: /./,
  upstream: /graphql|pothos/,
  providers: /graphql|pothos/,
  schema: /^(auth0|@clerk\/|undici)/,
  sandbox: /graphql|pothos|^undici/,
}

interface SourceFile {
  readonly path: string
  readonly layer: string
  /** Paths from the root of the files it imports. */
  readonly files: readonly string[]
  readonly packages: readonly string[]
}

const sources = [...filesIn('src'), ...filesIn('schema')].map((path) => read(path))

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
}

function read(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8')
  const specifiers = [
    ...text.matchAll(/(?:^|\n)\s*(?:import|export)\b[^'"]*?from\s+['"]([^'"]+)['"]/g),
    ...text.matchAll(/(?:^|\n)import\s+['"]([^'"]+)['"]/g),
    ...text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g),
  ].map((match) => match[1] ?? '')
  const isRelative = (specifier: string): boolean => specifier.startsWith('.')
  return {
    path,
    layer: layerOf(path),
    files: specifiers.filter(isRelative).map((specifier) => normalize(join(dirname(path), specifier))),
    packages: specifiers.filter((specifier) => !isRelative(specifier) && !specifier.startsWith('node:')),
  }
}

/** `src/upstream/http.ts` is of the layer upstream, `src/batch.ts` of the layer batch. */
function layerOf(path: string): string {
  const [top = '', second = ''] = path.split('/')
  return top === 'schema' ? 'schema' : second.replace(/\.ts$/, '')
}

describe('imports', () => {
  it('are found at all', () => {
    expect(sources.length).toBeGreaterThan(50)
    expect(sources.find(({ path }) => path === 'src/index.ts')?.files).toContain('src/server.ts')
  })

  it('lead to files that are there', () => {
    const paths = new Set(sources.map(({ path }) => path))
    const dangling = sources.flatMap(({ path, files }) =>
      files.filter((file) => !paths.has(file)).map((file) => `${path} → ${file}`),
    )
    expect(dangling).toEqual([])
  })

  it('run one way between the layers', () => {
    const wrong = sources.flatMap(({ path, layer, files }) =>
      files
        .filter((file) => layerOf(file) !== layer && !allowedImports[layer]?.includes(layerOf(file)))
        .map((file) => `${path} → ${file}`),
    )
    expect(wrong).toEqual([])
  })

  it('know every layer there is', () => {
    const unknown = [...new Set(sources.map(({ layer }) => layer))].filter((layer) => !allowedImports[layer])
    expect(unknown).toEqual([])
  })

  it('never lead from one vendor to another', () => {
    const vendorOf = (path: string): string => /^src\/(?:providers|sandbox)\/([^/]+)\//.exec(path)?.[1] ?? ''
    const wrong = sources.flatMap(({ path, files }) =>
      vendorOf(path) === ''
        ? []
        : files
            .filter((file) => vendorOf(file) !== '' && vendorOf(file) !== vendorOf(path))
            .map((file) => `${path} → ${file}`),
    )
    expect(wrong).toEqual([])
  })

  it('bring zod to what people configure, and not to what is read of every answer', () => {
    const wrong = sources
      .filter(({ layer }) => layer === 'providers' || layer === 'upstream')
      .filter(({ path, packages }) => packages.includes('zod') && !/\/(config|definition)\.ts$/.test(path))
    expect(wrong.map(({ path }) => path)).toEqual([])
  })

  it('bring no package into a layer that must not know it', () => {
    const wrong = sources.flatMap(({ path, layer, packages }) =>
      packages.filter((name) => forbiddenPackages[layer]?.test(name)).map((name) => `${path} → ${name}`),
    )
    expect(wrong).toEqual([])
  })

  it('make no cycle', () => {
    const graph = new Map(sources.map(({ path, files }) => [path, files]))
    const done = new Set<string>()
    const findCycle = (path: string, trail: readonly string[]): readonly string[] | null => {
      if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path]
      if (done.has(path)) return null
      for (const next of graph.get(path) ?? []) {
        const cycle = findCycle(next, [...trail, path])
        if (cycle) return cycle
      }
      done.add(path)
      return null
    }
    expect([...graph.keys()].map((path) => findCycle(path, [])).find((cycle) => cycle !== null)).toBeUndefined()
  })
})

describe('source files', () => {
  it('stay short enough to be read in one sitting', () => {
    const long = sources
      .map(({ path }) => ({
        path: relative('.', path),
        lines: readFileSync(join(root, path), 'utf8').split('\n').length,
      }))
      .filter(({ lines }) => lines > 350)
    expect(long).toEqual([])
  })
})
