import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { refusalReasons } from '../../src/access/refusal.ts'
import { readConfig } from '../../src/config.ts'
import { createGateway, type Gateway } from '../../src/index.ts'
import { encodeGlobalId } from '../../src/identity/global-id.ts'
import { providerDefinitions } from '../../src/providers/index.ts'
import { openKey } from '../support/gateway.ts'
import { parseMetrics, type Sample } from '../support/prometheus.ts'
import { startSandbox, type TestSandbox } from '../support/sandbox.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** As far as these tests look at them. */
interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string
      readonly expr: string
      readonly for: string
      readonly labels: Readonly<Record<string, string>>
      readonly annotations: Readonly<Record<string, string>>
    }[]
  }[]
}
interface Dashboard {
  readonly templating: { readonly list: readonly { readonly definition?: string }[] }
  readonly panels: readonly {
    readonly id: number
    readonly title: string
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
    readonly targets?: readonly { readonly expr: string }[]
  }[]
}

const alerts = (parse(read('deploy/prometheus/alerts.yaml')) as Rules).groups.flatMap(({ rules }) => rules)
const dashboard = JSON.parse(read('deploy/grafana/dashboard.json')) as Dashboard
const operations = read('docs/operations.md')

/** Labels that Prometheus itself puts on what it reads, and the metric that it makes. */
const ofPrometheus = { labels: new Set(['instance', 'job']), metric: 'up' }

/** A metric as a query names it, with every label that the query expects it to have. */
interface Use {
  readonly metric: string
  readonly labels: readonly string[]
  readonly query: string
}

/** The metrics that a query reads. The labels that it groups by are expected of all of them. */
function usesIn(query: string): readonly Use[] {
  const grouped = [...query.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(','))
  return [...query.matchAll(/(?<![\w"])([a-z][a-z\d]*_[a-z\d_]+|up)\b(?:\{([^}]*)\})?(?!\s*\()/g)].map(
    ([, metric = '', matchers = '']) => {
      const matched = [...matchers.matchAll(/(\w+)\s*(?:=~|!=|!~|=)\s*"/g)].map(([, label = '']) => label)
      return { metric, labels: [...new Set([...grouped.map((label) => label.trim()), ...matched])], query }
    },
  )
}

let sandbox: TestSandbox
let gateway: Gateway
let samples: readonly Sample[]

/** A gateway to which everything has happened that the metrics know. */
beforeAll(async () => {
  sandbox = await startSandbox({ users: 20 })
  const { providers } = readConfig({ environment: sandbox.environment, definitions: providerDefinitions })
  gateway = await createGateway({
    providers,
    apiKeys: [openKey('tests', 'key')],
    requestTimeoutMs: 5_000,
    softDeadlineMs: 2_000,
    graphiql: null,
    auditLog: 'off',
    entityCache: { freshMs: 60_000, staleMs: 0, staleIfErrorMs: 0, maxRecords: 100 },
    // Nobody is there.
    redis: { url: 'redis://127.0.0.1:1', keyPrefix: '' },
    telemetry: { logLevel: 'off', metrics: { host: '127.0.0.1', port: 0 }, traces: null },
  })
  const { port, metricsPort } = await gateway.listen('127.0.0.1', 0)
  const somebody = encodeGlobalId({ type: 'User', provider: 'clerk', parts: ['user_1'] })
  const ask = async (key: string): Promise<void> => {
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': key },
      body: JSON.stringify({
        query: '{ users(first: 1) { nodes { id } } providers { users { nodes { id } } } user(id: $id) { id } }'.replace(
          '$id',
          JSON.stringify(somebody),
        ),
      }),
    })
    await response.text()
  }
  await ask('key')
  await ask('wrong')
  await sandbox.fault({ provider: 'clerk', kind: 'status', status: 500 })
  await ask('key')
  const response = await fetch(`http://127.0.0.1:${metricsPort}/metrics`)
  samples = parseMetrics(await response.text())
})
afterAll(async () => {
  await gateway.close()
  await sandbox.close()
})

/** What a query expects of `/metrics` that is not there. */
function missing(queries: readonly string[]): readonly string[] {
  return queries.flatMap(usesIn).flatMap(({ metric, labels, query }) => {
    if (metric === ofPrometheus.metric) return []
    const found = samples.filter(({ name }) => name === metric)
    if (found.length === 0) return [`${metric} (${query})`]
    return labels
      .filter((label) => !ofPrometheus.labels.has(label) && !found.some((sample) => label in sample.labels))
      .map((label) => `${metric}{${label}} (${query})`)
  })
}

describe('the reader of queries', () => {
  it('finds metrics with the labels that they are expected to have', () => {
    const query =
      'sum by (provider) (rate(a_total{status=~"5..",code="X"}[5m])) / sum by (provider) (rate(b_total[5m]))'
    expect(usesIn(query).map(({ metric, labels }) => [metric, labels])).toEqual([
      ['a_total', ['provider', 'status', 'code']],
      ['b_total', ['provider']],
    ])
    expect(usesIn('topk(10, histogram_quantile(0.95, sum by (le) (rate(c_bucket[$__rate_interval]))))')).toMatchObject([
      { metric: 'c_bucket', labels: ['le'] },
    ])
    expect(usesIn('up{job="x"} == 0').map(({ metric }) => metric)).toEqual(['up'])
  })
})

describe('the alerts', () => {
  it('ask for metrics and labels that there are', () => {
    expect(alerts.length).toBeGreaterThan(10)
    for (const { alert, expr } of alerts) expect(usesIn(expr), alert).not.toEqual([])
    expect(missing(alerts.map(({ expr }) => expr))).toEqual([])
  })

  it('use in their texts only labels that their query leaves', () => {
    const wrong = alerts.flatMap(({ alert, expr, annotations }) => {
      const kept = new Set(
        /\bby \(([^)]*)\)/
          .exec(expr)?.[1]
          ?.split(',')
          .map((label) => label.trim()),
      )
      return [
        ...Object.values(annotations)
          .join(' ')
          .matchAll(/\$labels\.(\w+)/g),
      ]
        .map(([, label = '']) => label)
        .filter((label) => !kept.has(label) && !expr.startsWith('up{'))
        .map((label) => `${alert}: ${label}`)
    })
    expect(wrong).toEqual([])
  })

  it.each(alerts.map((alert) => [alert.alert, alert] as const))(
    '%s says how serious it is, and has a section on what to do',
    (name, alert) => {
      expect(['critical', 'warning']).toContain(alert.labels['severity'])
      expect(alert.for).toMatch(/^\d+m$/)
      expect(operations).toMatch(new RegExp(`^### ${name}$`, 'm'))
      expect(alert.annotations['runbook']).toBe(`docs/operations.md#${name.toLowerCase()}`)
    },
  )

  it('are the only ones that have such a section', () => {
    const sections = [...operations.matchAll(/^### ((?:IdentityGateway|Provider)\w+)$/gm)].map(([, name]) => name)
    expect(new Set(sections)).toEqual(new Set(alerts.map(({ alert }) => alert)))
    expect(sections).toHaveLength(alerts.length)
  })
})

describe('the dashboard', () => {
  const queries = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))

  it('asks for metrics and labels that there are', () => {
    expect(queries.length).toBeGreaterThan(20)
    expect(missing(queries)).toEqual([])
    const variables = dashboard.templating.list.flatMap(({ definition }) => definition ?? [])
    expect(variables.flatMap(usesIn).map(({ metric }) => metric)).toEqual(['identity_gateway_upstream_running'])
  })

  it('shows every metric of the gateway', () => {
    const shown = new Set(queries.flatMap(usesIn).map(({ metric }) => metric.replace(/_bucket$/, '')))
    const own = samples
      .map(({ name }) => name.replace(/_(bucket|sum|count)$/, ''))
      .filter((name) => name.startsWith('identity_gateway_'))
    expect([...new Set(own)].filter((name) => !shown.has(name))).toEqual([])
  })

  it('has panels that do not cover each other', () => {
    const covers = dashboard.panels.flatMap((one, index) =>
      dashboard.panels
        .slice(index + 1)
        .filter(
          ({ gridPos: { x, y, w, h } }) =>
            x < one.gridPos.x + one.gridPos.w &&
            one.gridPos.x < x + w &&
            y < one.gridPos.y + one.gridPos.h &&
            one.gridPos.y < y + h,
        )
        .map((other) => `${one.title} and ${other.title}`),
    )
    expect(covers).toEqual([])
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length)
  })
})

describe('docs/operations.md', () => {
  it('describes every metric of the gateway with its labels, and no other', () => {
    const own = new Map<string, Set<string>>()
    for (const { name, labels } of samples) {
      if (!name.startsWith('identity_gateway_')) continue
      const metric = name.replace(/_(bucket|sum|count)$/, '')
      const known = own.get(metric) ?? new Set()
      for (const label of Object.keys(labels)) if (label !== 'le') known.add(label)
      own.set(metric, known)
    }
    const rows = [...operations.matchAll(/^\| `(identity_gateway_\w+)` \|([^|]*)\|/gm)].map(([, name, labels = '']) => [
      name,
      new Set([...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label)),
    ])
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(own))
  })
})

describe('why nobody was recognised', () => {
  it('is described in docs/operations.md, each reason once and no other', () => {
    const [, table = ''] = /^\| `reason` \| Means \|\n((?:\|.*\n)+)/m.exec(operations) ?? []
    const described = [...table.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell = '']) =>
      cell.slice(1, -1).split('`, `'),
    )
    expect(described.toSorted()).toEqual(refusalReasons.toSorted())
  })

  it('is asked for in alerts by words that there are', () => {
    const asked = alerts.flatMap(({ expr }) => /reason=~"([^"]*unavailable[^"]*)"/.exec(expr)?.[1]?.split('|') ?? [])
    expect(asked.length).toBeGreaterThan(0)
    expect(asked.filter((word) => !refusalReasons.some((reason) => reason === word))).toEqual([])
  })
})

describe('the deployments', () => {
  it('are YAML that can be read', () => {
    for (const path of ['compose.yaml', 'kubernetes.yaml', 'prometheus/prometheus.yaml']) {
      const documents = parseAllDocuments(read(`deploy/${path}`))
      expect([...documents].flatMap(({ errors }) => errors)).toEqual([])
    }
  })

  it('set variables that the gateway reads, to values that it accepts', () => {
    const compose = parse(read('deploy/compose.yaml')) as {
      services: { gateway: { environment: Record<string, string> } }
    }
    const map = parse(read('deploy/kubernetes.yaml').split('\n---\n')[0] ?? '') as {
      kind: string
      data: Record<string, string>
    }
    expect(map.kind).toBe('ConfigMap')
    for (const variables of [compose.services.gateway.environment, map.data]) {
      const environment = { ...sandbox.environment, ...variables }
      const config = readConfig({ environment, definitions: providerDefinitions })
      expect(config).toMatchObject({
        host: '0.0.0.0',
        port: 4000,
        telemetry: { metrics: { host: '0.0.0.0', port: 9464 }, logLevel: 'info' },
      })
    }
  })
})
