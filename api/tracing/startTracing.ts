import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { tracing } from '../process/tracing.ts';
import { version } from '../process/version.ts';
import { traceRedisCommands } from './redisSpans.ts';
import { samplerOf } from './sampler.ts';

/** The time that the last export has when the process stops, in ms. */
const shutdownMs = 3000;

export interface Tracing {
  /** Exports the remaining spans. Never rejects; takes at most three seconds. */
  stop(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Starts to export traces by OTLP over HTTP, as the OTEL_* variables say. The exporter reads its address, headers and
 * timeouts from the environment of the process. Throws `ConfigError`.
 */
export const startTracing = (environment: Environment): Tracing => {
  const defaults = resourceFromAttributes({
    'service.name': environment.OTEL_SERVICE_NAME || 'ziggie-llm',
    'service.version': version,
  });
  const provider = new TracerProvider({
    resource: defaults.merge(detectResources({ detectors: [envDetector] })),
    sampler: samplerOf(environment),
    // Its queue is bounded: spans are dropped if the collector is down.
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  tracing.isOn = true;
  const stopRedis = traceRedisCommands();

  return {
    async stop() {
      tracing.isOn = false;
      stopRedis();
      const timeout = new Promise<void>((resolve) => setTimeout(resolve, shutdownMs).unref());
      await Promise.race([provider.shutdown(), timeout]).catch(() => {});
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
};
