import { setTimeout as sleep } from 'node:timers/promises';
import type {
  AcceptChunk,
  Engine,
  EngineChunk,
  EngineModel,
  EngineRequest,
  EngineTool,
} from '../../api/engine/engine.ts';
import { stoppable } from '../../api/engine/stream.ts';
import { engineFailed, Failure } from '../../api/errors/failures.ts';
import type { Random } from './random.ts';
import { currentContext, type Process } from './scheduler.ts';

/** The ways in which the engine answers. */
export const engineModes = [
  'steady',
  'slow',
  'thinks',
  'reaches its limit',
  'ends early',
  'fails',
  'stalls',
  'cannot continue',
] as const;

export type EngineMode = (typeof engineModes)[number];

/** One call of the engine. */
export interface EngineRun {
  readonly generationId: string | undefined;
  /** The text that it continued. */
  readonly prefix: string;
  text: string;
  thinking: string;
  /** Whether it completed. */
  isDone: boolean;
}

export interface SimulatedEngine extends Engine {
  mode: EngineMode;
  readonly runs: readonly EngineRun[];
}

export interface EngineOptions {
  /** The number of the first run: engines with different ranges of numbers produce different texts. */
  readonly firstNumber?: number;
  /** The factor of all durations. */
  readonly timeScale?: number;
  /** Called when a run is complete, before the caller gets its last chunk. */
  readonly onDone?: (run: EngineRun) => void;
  /** Called when a process uses more slots than there are. */
  readonly fail?: (message: string) => void;
}

export const model = 'simulated:latest';
const slots = 2;

/**
 * Creates an engine whose every run produces another text, as sampling does, so a text that is mixed from two runs is
 * detected. One engine serves all processes.
 */
export const createEngine = (
  random: Random,
  digest: string,
  { firstNumber = 1, timeScale = 1, onDone = () => {}, fail = () => {} }: EngineOptions = {},
): SimulatedEngine => {
  const runs: EngineRun[] = [];
  /** The answers that each process reads now. */
  const open = new Map<Process, number>();
  const pass = (ms: number, signal: AbortSignal) => sleep(ms * timeScale, undefined, { signal });

  const describe = (canContinue: boolean): EngineModel => ({
    name: model,
    digest,
    size: 1,
    modifiedAt: new Date(0),
    family: null,
    parameterSize: null,
    quantization: null,
    contextLength: null,
    capabilities: ['completion', 'thinking', 'tools'],
    loaded: true,
    canContinue,
  });

  async function* produce(
    run: EngineRun,
    number: number,
    mode: EngineMode,
    accept: AcceptChunk,
    tools: readonly EngineTool[],
    signal: AbortSignal,
  ): AsyncGenerator<EngineChunk, void, undefined> {
    const chunkCount = 2 + random.below(7);
    const gapMs = mode === 'slow' ? 1500 + random.below(5000) : random.pick([5, 40, 300, 700]);
    if (mode === 'thinks') {
      for (let index = 0; index < 2; index += 1) {
        await pass(gapMs, signal);
        const text = `(${number}.${index})`;
        run.thinking += text;
        yield { type: 'thinking', text };
      }
    }
    for (let index = 0; index < chunkCount; index += 1) {
      const isHalfWay = index === chunkCount >> 1;
      if (isHalfWay && mode === 'ends early') return;
      if (isHalfWay && mode === 'fails') throw engineFailed('The simulated engine failed.');
      if (isHalfWay && mode === 'stalls') {
        await pass(45_000, signal);
        throw new Failure('ENGINE_TIMEOUT', 'The simulated engine stalled.');
      }
      await pass(gapMs, signal);
      const text = `${number}.${index} `;
      run.text += text;
      const chunk = { type: 'text', text } as const;
      // The reader waits here. The first chunk and some later ones are yielded, as those of a pool and a busy engine are.
      if (index % 3 === 0 || !accept(chunk)) yield chunk;
    }
    run.isDone = true;
    onDone(run);
    const callCount = tools.length === 0 ? 0 : random.pick([0, 1, 1, 2]);
    if (callCount > 0) {
      const calls = Array.from({ length: callCount }, () => ({
        name: tools[random.below(tools.length)]?.name ?? '',
        arguments: {},
      }));
      yield { type: 'tool_calls', calls };
    }
    const finish = mode === 'reaches its limit' ? 'length' : 'stop';
    yield {
      type: 'done',
      finish: callCount > 0 ? 'tool_calls' : finish,
      usage: {
        promptTokens: 10,
        completionTokens: chunkCount,
        loadMs: 0,
        promptMs: 0,
        completionMs: gapMs * chunkCount,
        totalMs: gapMs * chunkCount,
      },
    };
  }

  const engine: SimulatedEngine = {
    mode: 'steady',
    runs,
    slots,
    health: async () => ({ kind: 'ollama', state: 'ready', message: 'Ready.', steps: [], progress: null }),
    models: async () => [describe(engine.mode !== 'cannot continue')],
    measure: async () => ({ tokens: 10, exact: true, limit: null }),
    embed: async ({ input }) => ({ vectors: input.map(() => [1]), promptTokens: input.length }),
    generate({ messages, tools = [] }: EngineRequest, signal, accept = () => false) {
      const question = messages.findLastIndex(({ role }) => role === 'user');
      // With calls of tools, the answer so far is in several messages.
      const soFar = messages.slice(question + 1).filter(({ role }) => role === 'assistant');
      const prefix = soFar.map(({ content }) => content).join('');
      const generationId = currentContext()?.run?.generationId;
      const run: EngineRun = { generationId, prefix, text: '', thinking: '', isDone: false };
      const number = firstNumber - 1 + runs.push(run);
      const { mode } = engine;
      return stoppable([signal], async function* (stopped) {
        const process = currentContext()?.process;
        const count = 1 + (process ? (open.get(process) ?? 0) : 0);
        if (process) open.set(process, count);
        if (count > slots && !signal.aborted) fail(`${process?.name} uses ${count} of ${slots} slots`);
        try {
          yield* produce(run, number, mode, accept, tools, stopped);
        } catch (error) {
          throw signal.aborted ? signal.reason : error;
        } finally {
          if (process) open.set(process, (open.get(process) ?? 0) - 1);
        }
      });
    },
    async *pull() {},
    remove: async () => {},
    close: async () => {},
  };
  return engine;
};
