import type { TelemetryOptions } from '../telemetry/telemetry.ts'
import type { Settings } from './settings.ts'

/** What operators see, by what was set. On the sandbox the log is quieter, so that the lines of its start stay on the screen. */
export function telemetryFrom(set: Settings, isForSandbox: boolean): TelemetryOptions {
  const hasCollector = set.otelEndpoint !== undefined || set.otelTracesEndpoint !== undefined
  return {
    logLevel: set.logLevel ?? (isForSandbox ? 'warn' : 'info'),
    metrics: set.metricsPort === undefined ? null : { host: set.metricsHost ?? '127.0.0.1', port: set.metricsPort },
    traces:
      hasCollector && set.otelDisabled !== true
        ? { sampler: set.otelSampler, ratio: set.otelSamplerRatio, tellsProviders: set.traceProviders ?? false }
        : null,
  }
}
