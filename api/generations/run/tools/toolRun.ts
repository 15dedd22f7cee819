import type { Logger } from 'pino';
import type { Viewer } from '../../../access/viewer.ts';
import type { EngineTool, EngineToolCall } from '../../../engine/engine.ts';
import { Failure, forbidden } from '../../../errors/failures.ts';
import { orAborted } from '../../../process/orAborted.ts';
import type { Bus } from '../../../realtime/bus.ts';
import { retryWhileUnavailable } from '../../../realtime/retry.ts';
import { cutText } from '../../../text/cutText.ts';
import type { Tools } from '../../../tools/service.ts';
import { type Tool, type ToolResult, toolLimits } from '../../../tools/tool.ts';
import { isEnded, type ToolCall, type ToolUse } from '../../../tools/toolCall.ts';
import type { Output } from '../../answerSource.ts';
import type { Generation } from '../../generation.ts';
import type { Journal } from '../../journal/journal.ts';
import type { GenerationStore } from '../../store/store.ts';
import { Superseded } from '../output/autosave.ts';
import { createDecisionListener } from './decisions.ts';

/** A call that has ended, for the audit log and the metrics: without its contents. */
export interface EndedToolCall {
  readonly generation: Pick<Generation, 'id' | 'ownerId' | 'conversationId'>;
  readonly call: Pick<ToolCall, 'name' | 'state'>;
  /** Whether a tool of this name is configured: models may ask for others. */
  readonly isKnown: boolean;
  readonly durationMs: number;
  readonly argumentsLength: number;
  readonly resultLength: number;
}

/** The tools that runs call. */
export interface RunTools extends Pick<Tools, 'find'> {
  /** Returns the caller with their present rights; null if the user or the API key may no longer be used. */
  callerOf(ownerId: string, apiKeyId: string | null): Promise<Viewer | null>;
  /** Records a call. Must not throw. */
  ended(ended: EndedToolCall): void;
}

export interface ToolRunDeps {
  readonly generations: GenerationStore;
  readonly journal: Journal;
  readonly bus: Bus;
  readonly tools?: RunTools;
  /** Called while the run needs no engine. Returns a function that ends that. Absent: other runs don't get its slot. */
  readonly leaveEngine?: () => () => void;
  /** Default `toolLimits.decisionMs`. */
  readonly decisionMs?: number;
  readonly clock: () => Date;
  readonly log: Logger;
}

/** The calls of tools of a running answer. */
export interface ToolRun {
  readonly calls: readonly ToolCall[];
  /** The tools that the next request may use: none once a limit is reached. */
  readonly offered: readonly EngineTool[];
  /** Stores calls that the model asks for, after the text of `output`. */
  add(requested: readonly EngineToolCall[]): Promise<void>;
  /** Runs the calls that have not ended. Throws `TOOL_FAILED` after too many failures in a row, and `signal.reason`. */
  run(): Promise<void>;
}

/** The maximum time for the descriptions of all tools of an answer, in ms. */
const describeTimeoutMs = 20_000;

/** The maximum time until a decision is noticed whose message was lost, in ms. */
const checkEveryMs = 5_000;

const undecided = 'The user did not decide in time whether the tool may be called. It was not called.';
const unknownOutcome =
  'It is unknown whether the tool ran: the server stopped during the call. The tool is not called again for this.';

const noMoreCalls = 'This answer may make no further calls. Answer now, with what you know.';

/**
 * Opens the calls of an answer whose tools this server runs. `room` is the number of characters that all results may have
 * together. Throws `TOOL_FAILED` if a tool is unavailable, and `FORBIDDEN` if its caller may not use it any more.
 */
export const openToolRun = async (
  deps: ToolRunDeps,
  generation: Generation,
  toolUse: ToolUse,
  output: Output,
  signal: AbortSignal,
  room: number,
): Promise<ToolRun> => {
  const { generations, journal, clock, log } = deps;
  const { id, ownerId, attempt } = generation;
  let { calls } = toolUse;
  const { names, apiKeyId } = toolUse;
  /** The calls of this run that failed in a row: an answer that failed for them may be continued. */
  let failures = 0;
  /** The calls of this run that were not made, because their arguments are too long. */
  const tooLong = new Set<string>();

  const caller = (): Promise<Viewer | null> =>
    retryWhileUnavailable(async () => (await deps.tools?.callerOf(ownerId, apiKeyId)) ?? null, signal);

  /** Stores the calls, and notifies the readers of the answer. */
  const save = async (next: readonly ToolCall[]): Promise<void> => {
    calls = next;
    const use: ToolUse = { ...toolUse, calls };
    const stored = await retryWhileUnavailable(
      () => generations.transition(id, ['RUNNING'], { toolUse: use }, attempt),
      signal,
    );
    if (!stored) throw new Superseded();
    const { text, thinking } = output.written;
    const nothing = { delta: '', thinkingDelta: '' };
    const entry = { attempt, offset: text.length, thinkingOffset: thinking.length, ...nothing };
    // A reader that misses it learns of the change with a later event.
    await journal.append(id, entry).catch((error: unknown) => {
      log.debug({ generation: id, err: error }, 'generation: readers not notified of a call');
    });
  };

  const change = (call: ToolCall, patch: Partial<ToolCall>): Promise<void> =>
    save(calls.map((one) => (one.id === call.id ? { ...one, ...patch } : one)));

  const describe = async (): Promise<readonly EngineTool[]> => {
    const viewer = await caller();
    const within = AbortSignal.any([signal, AbortSignal.timeout(describeTimeoutMs)]);
    return Promise.all(
      names.map(async (name): Promise<EngineTool> => {
        const tool = viewer && deps.tools?.find(viewer, name);
        if (!tool) throw forbidden(`You may no longer use the tool "${name}". Leave it out, and ask again.`);
        const description = await tool.describe(within).catch((error: unknown) => {
          signal.throwIfAborted();
          throw within.aborted ? tooSlow(name) : error;
        });
        return { name, ...description };
      }),
    );
  };

  /** Ends a call. The model gets `result`. */
  const end = async (call: ToolCall, state: ToolCall['state'], result: string): Promise<void> => {
    const last = !mayCall(calls) && calls.every((one) => one.id === call.id || isEnded(one));
    const used = calls.reduce((sum, one) => sum + (one.result?.length ?? 0), 0);
    // At most half of what is left, so that later results have room too.
    const max = Math.max(minResult, Math.min(toolLimits.result, Math.floor((room - used) / 2)));
    const kept = last ? `${trimmed(result, max)}\n\n${noMoreCalls}` : trimmed(result, max);
    failures = state === 'FAILED' ? failures + 1 : 0;
    await change(call, { state, result: kept, finishedAt: clock().toISOString() });
  };

  /** Records a call. Before its result is stored: the answer may be cancelled or deleted meanwhile. */
  const record = (call: ToolCall, state: ToolCall['state'], startedAt: Date | null, length: number): void => {
    const durationMs = startedAt === null ? 0 : Math.max(0, clock().getTime() - startedAt.getTime());
    log.info({ generation: id, tool: call.name, state, durationMs }, 'generation: tool called');
    deps.tools?.ended({
      generation,
      call: { name: call.name, state },
      isKnown: names.includes(call.name),
      durationMs,
      argumentsLength: JSON.stringify(call.arguments).length,
      resultLength: length,
    });
  };

  /** Ends a call that is not run. */
  const reject = (call: ToolCall, state: 'FAILED' | 'DENIED', result: string): Promise<void> => {
    record(call, state, null, result.length);
    return end(call, state, result);
  };

  /** Waits until the user has decided on a call. Returns it as it is then. */
  const decided = async (call: ToolCall): Promise<ToolCall> => {
    const reload = async (): Promise<ToolCall> => {
      const current = await retryWhileUnavailable(() => generations.findAnyOwner(id), signal);
      if (current?.attempt !== attempt || !current.toolUse) throw new Superseded();
      calls = current.toolUse.calls;
      return calls.find((one) => one.id === call.id) ?? call;
    };
    // A worker that takes over must not overwrite a decision that was made since it read the calls.
    if (call.state !== 'WAITING') await change(call, { state: 'WAITING' });
    const decisions = createDecisionListener(deps.bus, id);
    try {
      const until = performance.now() + (deps.decisionMs ?? toolLimits.decisionMs);
      for (;;) {
        const current = await reload();
        if (current.state !== 'WAITING') return current;
        const leftMs = until - performance.now();
        if (leftMs > 0) await decisions.next(Math.min(leftMs, checkEveryMs), signal);
        else {
          const finishedAt = clock().toISOString();
          const patch = { state: 'DENIED', result: undecided, finishedAt } as const;
          await retryWhileUnavailable(
            () => generations.changeWaitingCall(ownerId, id, call.id, patch),
            signal,
          );
        }
      }
    } finally {
      await decisions.close();
    }
  };

  const execute = async (given: ToolCall): Promise<void> => {
    let call = given;
    // Before the rights: the name of another tool that exists must not differ from one that doesn't.
    if (!names.includes(call.name)) {
      return reject(
        call,
        'FAILED',
        `There is no tool ${JSON.stringify(call.name)}. Tools: ${names.join(', ')}.`,
      );
    }
    if (call.isAllowed && call.state === 'RUNNING') return reject(call, 'FAILED', unknownOutcome);
    const usable = async () => {
      const viewer = await caller();
      const tool = viewer && deps.tools?.find(viewer, call.name);
      return tool && { tool, viewer };
    };
    const deny = () => reject(call, 'DENIED', `The user may not use the tool "${call.name}".`);
    const first = await usable();
    if (!first) return deny();
    if (!first.tool.isReadOnly && !call.isAllowed) {
      call = await decided(call);
      if (call.state !== 'PENDING') return record(call, call.state, null, call.result?.length ?? 0);
    }
    // Rights may have been taken away while the call waited.
    const { tool, viewer } = (await usable()) ?? {};
    if (!tool || !viewer) return deny();
    signal.throwIfAborted();
    const startedAt = clock();
    await change(call, { state: 'RUNNING', startedAt: startedAt.toISOString() });
    // The answer may have been cancelled while that was stored.
    signal.throwIfAborted();
    let state: ToolCall['state'] = 'CANCELLED';
    let text = '';
    try {
      const result = await resultOf(deps, tool, call, viewer, signal);
      state = result.isError ? 'FAILED' : 'SUCCEEDED';
      text = result.text === '' ? '(no result)' : result.text;
    } finally {
      record(call, state, startedAt, text.length);
    }
    await end(call, state, text);
  };

  const described = await describe();

  return {
    get calls() {
      return calls;
    },
    get offered() {
      return mayCall(calls) ? described : [];
    },
    async add(requested) {
      const round = (calls.at(-1)?.round ?? 0) + 1;
      const offset = output.written.text.length;
      const room = toolLimits.calls - calls.length;
      const added = requested.slice(0, room).map(({ name, arguments: given }, index): ToolCall => {
        const length = JSON.stringify(given).length;
        const isTooLong = length > toolLimits.arguments;
        return {
          id: `${id}.${calls.length + index + 1}`,
          name: name.slice(0, toolLimits.name),
          arguments: isTooLong ? {} : given,
          round,
          offset,
          state: isTooLong ? 'FAILED' : 'PENDING',
          isAllowed: false,
          result: isTooLong
            ? `The arguments have ${length} characters; they may have at most ${toolLimits.arguments}. The tool was not called.`
            : null,
          startedAt: null,
          finishedAt: isTooLong ? clock().toISOString() : null,
        };
      });
      for (const call of added) if (isEnded(call)) tooLong.add(call.id);
      await save([...calls, ...added]);
    },
    async run() {
      const returnToEngine = deps.leaveEngine?.();
      try {
        for (const { id: callId } of calls) {
          signal.throwIfAborted();
          const call = calls.find((one) => one.id === callId);
          if (!call) continue;
          if (tooLong.delete(call.id)) {
            failures += 1;
            record(call, 'FAILED', null, call.result?.length ?? 0);
          } else if (!isEnded(call)) await execute(call);
          if (failures >= toolLimits.failures) throw tooManyFailures(call.name);
        }
      } finally {
        returnToEngine?.();
      }
    },
  };
};

/** The characters that a result may have at least: the sentence of an error. */
const minResult = 500;

const mayCall = (calls: readonly ToolCall[]): boolean =>
  calls.length < toolLimits.calls && (calls.at(-1)?.round ?? 0) < toolLimits.rounds;

const trimmed = (text: string, max: number): string =>
  text.length <= max
    ? text
    : `${cutText(text, max)}\n[The result has ${text.length} characters; only the first ${max} are shown.]`;

/** Returns the result of a call, or the error that the model gets. Throws `signal.reason`. */
const resultOf = async (
  { log }: Pick<ToolRunDeps, 'log'>,
  tool: Tool,
  call: ToolCall,
  viewer: Viewer,
  signal: AbortSignal,
): Promise<ToolResult> => {
  const timeout = AbortSignal.timeout(tool.timeoutMs);
  const within = AbortSignal.any([signal, timeout]);
  try {
    // The tool may ignore the signal: the call ends nevertheless.
    return await orAborted(tool.call(call.arguments, { viewer, signal: within }), within);
  } catch (error) {
    signal.throwIfAborted();
    if (timeout.aborted) {
      const text = `The tool did not answer within ${Math.round(tool.timeoutMs / 1000)} seconds.`;
      return { text, isError: true };
    }
    if (error instanceof Failure) return { text: `${error.code}: ${error.message}`, isError: true };
    log.error({ tool: tool.name, err: error }, 'generation: tool failed unexpectedly');
    return { text: 'The tool failed.', isError: true };
  }
};

const tooSlow = (name: string) =>
  new Failure('TOOL_FAILED', `The tool "${name}" did not get ready in time. Try again, or leave it out.`);

const tooManyFailures = (name: string) =>
  new Failure(
    'TOOL_FAILED',
    `${toolLimits.failures} calls of tools failed in a row, the last one of "${name}". Look at the calls, and ask again, with other tools or without.`,
  );
