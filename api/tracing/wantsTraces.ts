/** Whether the OTEL_* variables ask for traces: an endpoint of OTLP is set, and tracing isn't turned off. */
export const wantsTraces = (environment: Readonly<Record<string, string | undefined>>): boolean => {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: all, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces } = environment;
  const isOff = environment.OTEL_SDK_DISABLED === 'true' || environment.OTEL_TRACES_EXPORTER === 'none';
  return !isOff && Boolean(all || traces);
};
