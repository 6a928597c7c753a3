/** The samplers that OpenTelemetry names for `OTEL_TRACES_SAMPLER`, as far as no other service is asked. */
export const samplerNames = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const

export type SamplerName = (typeof samplerNames)[number]
