import { Counter, Gauge, Histogram } from 'prom-client';
import type { MetricsRegistry } from './registry.ts';

/** Buckets in seconds. They fit the calls of stores and adapters, HTTP requests, answers of a model, and single tokens. */
export const buckets = {
  call: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  request: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  answer: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600],
  token: [0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5],
} as const;

/** How the gauges of several processes on the same ports become one: `max` if all of them see the same. */
type Aggregator = 'sum' | 'max' | 'min';

/** Defines the metrics of one registry. */
export const definitionsIn = ({ registry }: MetricsRegistry) => {
  const registers = [registry];
  return {
    counter: <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
      new Counter<Label>({ name, help, labelNames, registers }),
    histogram: <Label extends string>(
      name: string,
      help: string,
      labelNames: readonly Label[],
      within: readonly number[],
    ) => {
      const histogram = new Histogram<string>({
        name,
        help,
        labelNames,
        buckets: [...within],
        enableExemplars: true,
        registers,
      });
      return {
        /** `exemplarLabels` identify the event, for example by the id of its trace; OpenMetrics allows 128 characters. */
        observe: (
          labels: Readonly<Record<Label, string>>,
          value: number,
          exemplarLabels: Readonly<Record<string, string>> = {},
        ) => histogram.observe({ labels, value, exemplarLabels }),
      };
    },
    /** `read` is called for each print. If it fails, the value is NaN: unknown. */
    gauge: (
      name: string,
      help: string,
      read: () => number | Promise<number>,
      aggregator: Aggregator = 'max',
    ) =>
      new Gauge({
        name,
        help,
        registers,
        aggregator,
        async collect() {
          this.set(
            await Promise.resolve()
              .then(read)
              .catch(() => Number.NaN),
          );
        },
      }),
    gaugeWith: <Label extends string>(
      name: string,
      help: string,
      labelNames: readonly Label[],
      collect?: (gauge: Gauge<Label>) => void | Promise<void>,
      aggregator: Aggregator = 'max',
    ) =>
      new Gauge<Label>({
        name,
        help,
        labelNames,
        registers,
        aggregator,
        ...(collect && {
          async collect() {
            await collect(this);
          },
        }),
      }),
  };
};

export type Definitions = ReturnType<typeof definitionsIn>;

/** Distinct values of a label that others choose, such as names of models; further ones count as `other`. */
const maxValues = 100;

/** Returns a function that bounds the number of different values of a label. */
export const boundedLabel = (max = maxValues) => {
  const known = new Set<string>();
  return (value: string): string => {
    if (known.has(value)) return value;
    if (known.size >= max) return 'other';
    known.add(value);
    return value;
  };
};
