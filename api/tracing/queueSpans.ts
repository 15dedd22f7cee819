import { type Context, context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { LRUCache } from 'lru-cache';
import type { Queue } from '../generations/queue/queue.ts';

/** The maximum number of waiting jobs whose trace is remembered. */
const maxRemembered = 10_000;

/**
 * Decorates the queue: the run of each job gets a span in the trace of the request that added it. Within one process the
 * trace is remembered here; between replicas, BullMQ carries it with the job.
 */
export const withQueueSpans = (queue: Queue): Queue => {
  const added = new LRUCache<string, Context>({ max: maxRemembered });
  const remember = (id: string) => {
    if (trace.getActiveSpan()) added.set(id, context.active());
  };
  const take = (id: string): Context => {
    const parent = added.get(id);
    added.delete(id);
    return queue.outlivesProcess || !parent ? context.active() : parent;
  };
  return {
    ...queue,
    async add(job) {
      remember(job.id);
      await queue.add(job);
    },
    work: (run, ...limits) =>
      queue.work(
        async (job, isHeld) => {
          const parent = take(job.id);
          const span = trace.getTracer('ziggie-llm').startSpan(
            'generation',
            {
              kind: SpanKind.CONSUMER,
              attributes: { 'ziggie.generation.id': job.id, 'ziggie.takeover': job.takeover ?? false },
            },
            parent,
          );
          try {
            await context.with(trace.setSpan(parent, span), () => run(job, isHeld));
          } catch (error) {
            span.setStatus({ code: SpanStatusCode.ERROR });
            throw error;
          } finally {
            span.end();
          }
        },
        ...limits,
      ),
  };
};
