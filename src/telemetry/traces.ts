import type { Span, SpanContext } from '@opentelemetry/api'
import type * as sdkModule from '@opentelemetry/sdk-trace'
import type { Sampler, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace'
import type { Attempt, TraceAttempt } from '../identity/call.ts'
import type { RequestSummary } from './request-summary.ts'
import type { SamplerName } from './sampler-name.ts'

export interface TraceOptions {
  /** Which requests are traced. Left out: those that a traced caller sends, and all whose caller says nothing. */
  readonly sampler?: SamplerName | undefined
  /** With a `…traceidratio` sampler: the share that is traced, 0 to 1. Left out: all. */
  readonly ratio?: number | undefined
  /** Whether providers are told of the trace, in `traceparent`. */
  readonly tellsProviders: boolean
  /** Told when spans could not be handed over. */
  readonly onExportFailed: () => void
  /** Takes the spans. Left out: OTLP over HTTP, to where the `OTEL_EXPORTER_OTLP_…` variables say, in batches. */
  readonly exporter?: SpanExporter
}

/** Traces requests: one span for each, and under it one for each attempt to reach a provider. */
export interface Traces {
  /** `header` answers a header of the request by its name in lower case. A caller's trace is gone on with. */
  begin(header: (name: string) => string | null): RequestSpan
  /** Ends when every span is handed over, or cannot be. */
  close(): Promise<void>
}

export interface RequestSpan {
  readonly traceId: string
  readonly traceAttempt: TraceAttempt
  end(summary: RequestSummary): void
}

const noHeaders: Readonly<Record<string, string>> = {}

/** The packages are only loaded here. */
export async function openTraces(options: TraceOptions): Promise<Traces> {
  const [{ ROOT_CONTEXT, SpanKind, SpanStatusCode, trace }, sdk, { W3CTraceContextPropagator }, resources] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/core'),
      import('@opentelemetry/resources'),
    ])
  const tracers = new sdk.TracerProvider({
    spanProcessors: [await processorFor(options, sdk)],
    sampler: samplerFor(options, sdk),
    resource: resources
      .resourceFromAttributes({ 'service.name': 'identity-gateway' })
      .merge(resources.detectResources({ detectors: [resources.envDetector, resources.serviceNameEnvDetector] })),
  })
  const tracer = tracers.getTracer('identity-gateway')
  const propagator = new W3CTraceContextPropagator()
  const carrier = {
    get: (header: (name: string) => string | null, name: string) => header(name) ?? undefined,
    keys: () => [],
  }

  function endAttempt(span: Span, { status, failure, attempt, requestId }: Attempt): void {
    if (status !== null) span.setAttribute('http.response.status_code', status)
    if (attempt > 1) span.setAttribute('http.request.resend_count', attempt - 1)
    if (requestId !== null) span.setAttribute('identity_gateway.provider_request_id', requestId)
    if (failure !== null || (status !== null && status >= 400)) {
      span.setAttribute('error.type', failure ?? String(status))
      span.setStatus({ code: SpanStatusCode.ERROR })
    }
    span.end()
  }

  function endRequest(span: Span, summary: RequestSummary): void {
    const { operationName, operationType, outcome, codes, status, requestId } = summary
    if (operationType !== 'none') {
      span.updateName(`graphql ${operationType}`)
      span.setAttribute('graphql.operation.type', operationType)
    }
    if (operationName !== null) span.setAttribute('graphql.operation.name', operationName)
    span.setAttribute('http.response.status_code', status)
    span.setAttribute('identity_gateway.request_id', requestId)
    span.setAttribute('identity_gateway.outcome', outcome)
    const [code] = codes
    if (code !== undefined) span.setAttribute('error.type', code)
    if (outcome === 'failed' || codes.includes('INTERNAL')) span.setStatus({ code: SpanStatusCode.ERROR })
    span.end()
  }

  return {
    begin(header) {
      const parent = propagator.extract(ROOT_CONTEXT, header, carrier)
      const span = tracer.startSpan('request', { kind: SpanKind.SERVER }, parent)
      const within = trace.setSpan(parent, span)
      return {
        traceId: span.spanContext().traceId,
        traceAttempt(provider, route) {
          const [method = '', template = ''] = route.split(' ', 2)
          const attributes = {
            'identity_gateway.provider': provider,
            'http.request.method': method,
            'url.template': template,
          }
          const attemptSpan = tracer.startSpan(route, { kind: SpanKind.CLIENT, attributes }, within)
          return {
            headers: options.tellsProviders ? { traceparent: traceparentOf(attemptSpan.spanContext()) } : noHeaders,
            end: (attempt) => endAttempt(attemptSpan, attempt),
          }
        },
        end: (summary) => endRequest(span, summary),
      }
    },
    // What cannot be handed over any more was told to `onExportFailed`.
    close: () => tracers.shutdown().catch(() => {}),
  }
}

function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
}

type Sdk = typeof sdkModule

async function processorFor({ exporter, onExportFailed }: TraceOptions, sdk: Sdk): Promise<SpanProcessor> {
  if (exporter) return new sdk.SimpleSpanProcessor({ exporter })
  const [{ OTLPTraceExporter }, { ExportResultCode }] = await Promise.all([
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/core'),
  ])
  const otlp = new OTLPTraceExporter()
  const watched: SpanExporter = {
    export: (spans, done) =>
      otlp.export(spans, (result) => {
        if (result.code !== ExportResultCode.SUCCESS) onExportFailed()
        done(result)
      }),
    shutdown: () => otlp.shutdown(),
    forceFlush: () => otlp.forceFlush(),
  }
  return new sdk.BatchSpanProcessor({ exporter: watched })
}

function samplerFor({ sampler = 'parentbased_always_on', ratio = 1 }: TraceOptions, sdk: Sdk): Sampler {
  const root = sampler.endsWith('always_off')
    ? new sdk.AlwaysOffSampler()
    : sampler.endsWith('always_on')
      ? new sdk.AlwaysOnSampler()
      : new sdk.TraceIdRatioBasedSampler(ratio)
  return sampler.startsWith('parentbased_') ? new sdk.ParentBasedSampler({ root }) : root
}
