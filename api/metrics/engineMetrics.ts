import type { Engine, EngineModel } from '../engine/engine.ts';
import { type EngineOutcome, observeEngine } from '../engine/observed.ts';
import { Failure } from '../errors/failures.ts';
import { boundedLabel, buckets, definitionsIn } from './definitions.ts';
import type { MetricsRegistry } from './registry.ts';

/** Measures the requests to each backend. `backend` is an address without credentials, or `embedded`. */
export type MeterEngine = (backend: string, engine: Engine) => Engine;

/** How long a print waits for the models of the engine, in ms. */
const modelsTimeoutMs = 2000;

const outcomeOf = (outcome: EngineOutcome): string => {
  if (outcome.kind === 'failed') return outcome.error instanceof Failure ? outcome.error.code : 'INTERNAL';
  return outcome.kind === 'cancelled' ? 'CANCELLED' : 'OK';
};

export const createEngineMeter = (registry: MetricsRegistry): MeterEngine => {
  const { counter, histogram, gaugeWith } = definitionsIn(registry);
  const requests = counter(
    'ziggie_engine_requests_total',
    'Requests to an engine that ended, by backend, operation, model, and outcome: OK, CANCELLED, or the code of the failure.',
    ['backend', 'operation', 'model', 'outcome'],
  );
  const durations = histogram(
    'ziggie_engine_request_duration_seconds',
    'Duration of a request to an engine, by backend and operation.',
    ['backend', 'operation'],
    buckets.answer,
  );
  const running = gaugeWith(
    'ziggie_engine_running',
    'Requests of this process that an engine is computing now, by backend and operation.',
    ['backend', 'operation'],
  );
  const modelLabel = boundedLabel();

  return (backend, engine) => {
    for (const operation of ['generate', 'embed']) running.set({ backend, operation }, 0);
    return observeEngine(engine, ({ operation, request }) => {
      const startedAt = performance.now();
      running.inc({ backend, operation });
      return {
        step: (run) => run(),
        chunk: () => {},
        ended(outcome) {
          running.dec({ backend, operation });
          durations.observe({ backend, operation }, (performance.now() - startedAt) / 1000);
          requests.inc({ backend, operation, model: modelLabel(request.model), outcome: outcomeOf(outcome) });
        },
      };
    });
  };
};

/** Adds gauges of what the engine has: slots, state, and the memory of loaded models. */
export const addEngineGauges = (
  registry: MetricsRegistry,
  engine: Pick<Engine, 'health' | 'slots' | 'models'>,
) => {
  const { gauge, gaugeWith } = definitionsIn(registry);
  gauge('ziggie_engine_slots', 'Generations that the available engines can run at once.', () => engine.slots);
  gauge('ziggie_engine_ready', '1 if an engine takes prompts, else 0.', async () =>
    (await engine.health()).state === 'ready' ? 1 : 0,
  );
  const modelLabel = boundedLabel();
  let reading: Promise<readonly EngineModel[]> | null = null;
  /** Both gauges of one print share the list. */
  const loadedModels = () => {
    reading ??= engine
      .models(AbortSignal.timeout(modelsTimeoutMs))
      .catch(() => [])
      .finally(() => {
        reading = null;
      });
    return reading;
  };
  const memoryGauge = (name: string, help: string, part: 'bytes' | 'vramBytes') =>
    gaugeWith(name, help, ['model'], async (gaugeOfModels) => {
      const models = await loadedModels();
      gaugeOfModels.reset();
      for (const { name: model, memory } of models) {
        if (memory) gaugeOfModels.set({ model: modelLabel(model) }, memory[part]);
      }
    });
  memoryGauge(
    'ziggie_engine_model_memory_bytes',
    'Memory of a loaded model, on GPUs or not, as Ollama reports it, by model.',
    'bytes',
  );
  memoryGauge(
    'ziggie_engine_model_vram_bytes',
    'Part of the memory of a loaded model that is on GPUs, as Ollama reports it, by model.',
    'vramBytes',
  );
};
