import type { GenerationMetrics, ToolMetrics } from '../generations/metrics.ts';
import { boundedLabel, buckets, type Definitions } from './definitions.ts';
import { traceId } from './traceId.ts';

export const createGenerationMetrics = ({
  counter,
  histogram,
}: Definitions): GenerationMetrics & ToolMetrics => {
  const ended = counter(
    'ziggie_generations_total',
    'Generations that ended in this process, by final status, model, and whether the response cache answered.',
    ['status', 'model', 'cached'],
  );
  const tokens = counter(
    'ziggie_tokens_total',
    'Prompt and completion tokens of generations that ran in this process.',
    ['kind', 'model'],
  );
  const inQueue = histogram(
    'ziggie_queue_duration_seconds',
    'Time that a generation waited in the queue until a worker claimed it.',
    ['model'],
    buckets.answer,
  );
  const firstToken = histogram(
    'ziggie_time_to_first_token_seconds',
    "Time from a worker's claim of a generation to its first character.",
    ['model'],
    buckets.answer,
  );
  const perToken = histogram(
    'ziggie_time_per_output_token_seconds',
    'Mean time between two tokens of a generation, after its first one.',
    ['model'],
    buckets.token,
  );
  const duration = histogram(
    'ziggie_generation_duration_seconds',
    "Time from a worker's claim of a generation to its end, without waits for decisions of its user, and for slots after tools.",
    ['model'],
    buckets.answer,
  );
  const cacheLookups = counter(
    'ziggie_cache_lookups_total',
    'Lookups in the response cache by this process: hit, followed (the answer was being computed) or missed.',
    ['result'],
  );
  for (const result of ['hit', 'followed', 'missed']) cacheLookups.inc({ result }, 0);
  const toolCalls = counter(
    'ziggie_tool_calls_total',
    'Calls of tools by models that this process ran, by tool, outcome, and why it was denied; `unknown` if the model asked for no tool of its answer.',
    ['tool', 'outcome', 'denial'],
  );
  const toolDuration = histogram(
    'ziggie_tool_call_duration_seconds',
    'Time that a call of a tool took.',
    ['tool'],
    buckets.answer,
  );
  const decisions = histogram(
    'ziggie_tool_decision_seconds',
    'Time that calls of tools waited for the decision of their user, by its outcome.',
    ['decision'],
    buckets.answer,
  );
  const modelLabel = boundedLabel();
  const toolLabel = boundedLabel();

  return {
    generationEnded({ id, model: name, status, cached, usage, queuedAt, startedAt, toolUse }) {
      const model = modelLabel(name);
      ended.inc({ status, model, cached: String(cached) });
      if (cached || !usage) return;
      const trace = traceId();
      const exemplarLabels = { generation_id: id, ...(trace && { trace_id: trace }) };
      const observe = (histogramOf: typeof duration, ms: number) =>
        histogramOf.observe({ model }, Math.max(0, ms) / 1000, exemplarLabels);
      tokens.inc({ kind: 'prompt', model }, usage.promptTokens);
      tokens.inc({ kind: 'completion', model }, usage.completionTokens);
      if (startedAt) observe(inQueue, startedAt.getTime() - queuedAt.getTime());
      observe(duration, usage.durationMs);
      const { timeToFirstTokenMs: first, completionTokens } = usage;
      if (first === null) return;
      observe(firstToken, first);
      // An answer with tools also waits for them.
      if (completionTokens > 1 && !toolUse?.names.length)
        observe(perToken, (usage.durationMs - first) / (completionTokens - 1));
    },
    toolCalled({ call: { name, state, denial }, isKnown, durationMs, decisionMs }) {
      const tool = isKnown ? toolLabel(name) : 'unknown';
      const why = denial?.toLowerCase();
      toolCalls.inc({ tool, outcome: state.toLowerCase(), ...(why && { denial: why }) });
      if (decisionMs !== null) decisions.observe({ decision: why ?? 'allowed' }, decisionMs / 1000);
      toolDuration.observe({ tool }, durationMs / 1000);
    },
    cacheLookedUp: (result) => cacheLookups.inc({ result }),
  };
};
