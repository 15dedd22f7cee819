import { AggregatorRegistry, Registry } from 'prom-client';
import type { Siblings } from '../process/siblings.ts';

/** `prometheus` is the text format 0.0.4; `openMetrics` is OpenMetrics 1.0, which has exemplars. */
export type MetricsFormat = 'prometheus' | 'openMetrics';

export interface Exposition {
  readonly text: string;
  readonly contentType: string;
}

/** The metrics of this process. */
export interface MetricsRegistry {
  /** For the definitions of metrics. */
  readonly registry: Registry;
  /** Prints all metrics. Gauges are read now. */
  print(format: MetricsFormat): Promise<Exposition>;
}

/** With `siblings`, any of which may get Prometheus' request, prints the metrics of all, without exemplars. */
export const createMetricsRegistry = (siblings?: Siblings): MetricsRegistry => {
  const registry = new Registry();
  siblings?.onRead(() => registry.getMetricsAsJSON());
  // The types of prom-client know only one format for each registry.
  const setFormat = (contentType: string) =>
    registry.setContentType(contentType as typeof Registry.PROMETHEUS_CONTENT_TYPE);
  // Histograms with exemplars can only be defined in this format.
  setFormat(Registry.OPENMETRICS_CONTENT_TYPE);
  // prom-client reads the format from the registry while it waits for gauges, so two prints must not overlap.
  let last: Promise<unknown> = Promise.resolve();

  const printAll = async ({ readAll }: Siblings): Promise<Exposition> => {
    const [own, others] = await Promise.all([registry.getMetricsAsJSON(), readAll()]);
    const all = AggregatorRegistry.aggregate([own, ...others.filter(isMetrics)]);
    return { text: await all.metrics(), contentType: Registry.PROMETHEUS_CONTENT_TYPE };
  };

  const printNow = async (format: MetricsFormat): Promise<Exposition> => {
    if (siblings) return printAll(siblings);
    if (format === 'openMetrics') {
      const contentType = Registry.OPENMETRICS_CONTENT_TYPE;
      const names = registry.getMetricsAsArray().map((metric) => [metric, metric.name] as const);
      const text = await registry.metrics();
      // prom-client removes `_total` from the names of counters for good.
      for (const [metric, name] of names) metric.name = name;
      return { text, contentType };
    }
    const contentType = Registry.PROMETHEUS_CONTENT_TYPE;
    setFormat(contentType);
    try {
      return { text: await registry.metrics(), contentType };
    } finally {
      setFormat(Registry.OPENMETRICS_CONTENT_TYPE);
    }
  };

  return {
    registry,
    print(format) {
      const printed = last.then(() => printNow(format));
      last = printed.catch(() => {});
      return printed;
    },
  };
};

const isMetrics = (value: unknown): value is object[] => Array.isArray(value);
