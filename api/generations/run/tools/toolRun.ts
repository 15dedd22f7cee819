import type { Logger } from 'pino';
import type { Viewer } from '../../../access/viewer.ts';
import type { EngineTool, EngineToolCall } from '../../../engine/engine.ts';
import { Failure, forbidden, isUnavailable } from '../../../errors/failures.ts';
import { orAborted } from '../../../process/orAborted.ts';
import type { Bus } from '../../../realtime/bus.ts';
import { retryWhileUnavailable } from '../../../realtime/retry.ts';
import { cutText } from '../../../text/cutText.ts';
import type { Tools } from '../../../tools/service.ts';
import { CallLost, type Tool, type ToolResult, toolLimits } from '../../../tools/tool.ts';
import { isEnded, type ToolCall, type ToolDenial, type ToolUse } from '../../../tools/toolCall.ts';
import type { Output } from '../../answerSource.ts';
import type { Generation } from '../../generation.ts';
import type { Journal } from '../../journal/journal.ts';
import { jobOf } from '../../queue/jobOf.ts';
import type { GenerationStore } from '../../store/store.ts';
import { Superseded } from '../output/autosave.ts';
import { endsAnswer } from '../stopped.ts';
import { createDecisionListener } from './decisions.ts';
import { type DecisionWaits, maxWaits } from './decisionWaits.ts';
import type { EngineLeave, EngineUse } from './engineUse.ts';

/** A call that has ended, for the audit log and the metrics: without its contents. */
export interface EndedToolCall {
  readonly generation: Pick<Generation, 'id' | 'ownerId' | 'conversationId'>;
  readonly call: Pick<ToolCall, 'id' | 'name' | 'state' | 'denial'>;
  /** Whether a tool of this name is configured: models may ask for others. */
  readonly isKnown: boolean;
  readonly durationMs: number;
  readonly argumentsLength: number;
  readonly resultLength: number;
  /** How long it waited for a decision, in ms; null if there was none to make. */
  readonly decisionMs: number | null;
}

/** Returns how long a call waited for a decision, in ms; null if it did not, or waits still. */
export const decisionMsOf = ({
  waitingSince,
  decidedAt,
}: Pick<ToolCall, 'waitingSince' | 'decidedAt'>): number | null =>
  waitingSince && decidedAt ? Math.max(0, Date.parse(decidedAt) - Date.parse(waitingSince)) : null;

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
  /** Begins a time in which the run needs no engine. Absent: other runs don't get its slot. */
  readonly leaveEngine?: EngineUse['leave'];
  /** Absent: as many answers may wait for decisions as there are. */
  readonly decisionWaits?: DecisionWaits;
  /** Called after a wait for the user, or for a slot after a tool, with its duration in ms. */
  readonly waited?: (ms: number) => void;
  /** Default `toolLimits.decisionMs`. */
  readonly decisionMs?: number;
  /** How long a tool runs until its run leaves the engine, in ms. Default 1000. */
  readonly leaveAfterMs?: number;
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

/** How long a tool runs until its run leaves the engine to others, in ms: most take less. */
const leaveAfterMs = 1000;

/** The maximum time until a decision is noticed whose message was lost, in ms. */
const checkEveryMs = 5_000;

/** The pause before a wait is looked at again that could not be ended, in ms. */
const waitEndPauseMs = 250;

const undecided = 'The user did not decide in time whether the tool may be called. It was not called.';
const undecidedBefore =
  'The user did not decide on an earlier call of this answer in time. So no further tool that may change something is called for it.';
const waitedTooLong =
  'This answer has waited too long for decisions of the user. So no further tool that may change something is called for it.';
const waitLimits = {
  owner: `${maxWaits.ofOwner} other answers of the user wait for decisions already. The tool was not called. The user has to decide on their calls first, and can ask again then.`,
  all: 'Too many answers wait for decisions on this server. The tool was not called. The user can ask again in a few minutes.',
} as const;
const mayHaveRun = 'Its outcome is unknown: the tool may have run. It is not called again for this.';
const unknownOutcome = `The server stopped during the call. ${mayHaveRun}`;

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

  /** The tools that may change something, as they are configured now. */
  const writing = new Set<string>();

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
        if (!tool.isReadOnly) writing.add(name);
        const description = await tool.describe(within).catch((error: unknown) => {
          signal.throwIfAborted();
          throw within.aborted ? tooSlow(name) : error;
        });
        return { name, ...description };
      }),
    );
  };

  /** Ends a call. The model gets `result`. */
  const end = async (
    call: ToolCall,
    state: ToolCall['state'],
    result: string,
    denial?: ToolDenial,
  ): Promise<void> => {
    const last = !mayCall(calls) && calls.every((one) => one.id === call.id || isEnded(one));
    const used = calls.reduce((sum, one) => sum + (one.result?.length ?? 0), 0);
    // At most half of what is left, so that later results have room too.
    const max = Math.max(minResult, Math.min(toolLimits.result, Math.floor((room - used) / 2)));
    const kept = last ? `${trimmed(result, max)}\n\n${noMoreCalls}` : trimmed(result, max);
    failures = state === 'FAILED' ? failures + 1 : 0;
    const finishedAt = clock().toISOString();
    const denied = denial && { denial, decidedAt: finishedAt };
    await change(call, { state, result: kept, finishedAt, ...denied });
  };

  /** Records a call. Before its result is stored: the answer may be cancelled or deleted meanwhile. */
  const record = (call: ToolCall, state: ToolCall['state'], startedAt: Date | null, length: number): void => {
    const durationMs = startedAt === null ? 0 : Math.max(0, clock().getTime() - startedAt.getTime());
    log.info({ generation: id, tool: call.name, state, durationMs }, 'generation: tool called');
    deps.tools?.ended({
      generation,
      call: { id: call.id, name: call.name, state, ...(call.denial && { denial: call.denial }) },
      isKnown: names.includes(call.name),
      durationMs,
      argumentsLength: JSON.stringify(call.arguments).length,
      resultLength: length,
      decisionMs: decisionMsOf(call),
    });
  };

  /** Ends a call that is not run. */
  const reject = async (
    call: ToolCall,
    state: 'FAILED' | 'DENIED',
    result: string,
    denial?: ToolDenial,
  ): Promise<void> => {
    record({ ...call, ...(denial && { denial }) }, state, null, result.length);
    await end(call, state, result, denial);
  };

  let away: EngineLeave | null = null;
  const leaveEngine = (reason: 'tool' | 'decision') => {
    away ??= deps.leaveEngine?.(jobOf(generation), reason) ?? null;
  };
  const returnToEngine = async (within: AbortSignal) => {
    const leave = away;
    away = null;
    if (!leave) return;
    const begunAt = performance.now();
    await leave.return(within);
    deps.waited?.(performance.now() - begunAt);
  };

  /** Whether something happened since the answer was asked for or continued: the user was there then. */
  const isRecent = (time: string) => Date.parse(time) >= generation.queuedAt.getTime();

  /** How long the calls of this answer may still wait, in ms. */
  const waitLeftMs = (): number => {
    const waited = calls.reduce((sum, { waitingSince, decidedAt }) => {
      if (waitingSince === undefined || !isRecent(waitingSince)) return sum;
      return sum + (decidedAt ? Date.parse(decidedAt) : clock().getTime()) - Date.parse(waitingSince);
    }, 0);
    return toolLimits.decisionsMs - waited;
  };

  /** Returns why a call must not begin to wait for the user; null if it may. */
  const waitProblem = (): { readonly text: string; readonly denial: ToolDenial } | null => {
    const isUndecided = ({ denial, decidedAt }: ToolCall) =>
      denial === 'UNDECIDED' && decidedAt !== undefined && isRecent(decidedAt);
    if (calls.some(isUndecided)) return { text: undecidedBefore, denial: 'UNDECIDED' };
    if (waitLeftMs() <= 0) return { text: waitedTooLong, denial: 'UNDECIDED' };
    const limit = deps.decisionWaits?.limitOf(ownerId);
    return limit ? { text: waitLimits[limit], denial: 'LIMIT' } : null;
  };

  /** Reads a call that waits, which others may change. */
  const reload = async (call: ToolCall): Promise<ToolCall> => {
    // Without the prompt, which may be megabytes.
    const [current] = await generations.findMany(ownerId, [id]);
    const found = current?.toolUse?.calls.find((one) => one.id === call.id);
    if (current?.attempt !== attempt || current.status !== 'RUNNING' || !current.toolUse || !found) {
      throw new Superseded();
    }
    calls = current.toolUse.calls;
    return found;
  };

  /** Denies a call that waits, unless it was decided meanwhile. Returns it as it is then. */
  const denyWaiting = async (call: ToolCall, result: string, denial: ToolDenial): Promise<ToolCall> => {
    const now = clock().toISOString();
    const patch = { state: 'DENIED', denial, result, decidedAt: now, finishedAt: now } as const;
    await retryWhileUnavailable(() => generations.changeWaitingCall(ownerId, id, call.id, patch), signal);
    return retryWhileUnavailable(() => reload(call), signal);
  };

  /** Waits until the user has decided on a call that waits. Returns it as it is then. */
  const decided = async (call: ToolCall): Promise<ToolCall> => {
    leaveEngine('decision');
    const decisionMs = deps.decisionMs ?? toolLimits.decisionMs;
    const until = call.decideBefore ? Date.parse(call.decideBefore) : clock().getTime() + decisionMs;
    const begunAt = performance.now();
    const decisions = createDecisionListener(deps.bus, id);
    try {
      for (;;) {
        signal.throwIfAborted();
        // An outage of the store must not end a wait that needs nothing of it.
        const current = await reload(call).catch((error: unknown) => {
          if (isUnavailable(error)) return call;
          throw error;
        });
        if (current.state !== 'WAITING') return current;
        const leftMs = until - clock().getTime();
        if (leftMs > 0) await decisions.next(Math.min(leftMs, checkEveryMs), signal);
        else {
          const denied = await denyWaiting(call, undecided, 'UNDECIDED');
          if (denied.state !== 'WAITING') return denied;
          await decisions.next(waitEndPauseMs, signal);
        }
      }
    } finally {
      deps.waited?.(performance.now() - begunAt);
      await decisions.close();
    }
  };

  /** Has the user decide on a call. Returns it as it is then; null if it was denied at once. */
  const confirmed = async (call: ToolCall): Promise<ToolCall | null> => {
    // A call that waited before a takeover waits on: others must not overwrite a decision that was made since.
    const problem = call.state === 'WAITING' ? null : waitProblem();
    if (problem) {
      await reject(call, 'DENIED', problem.text, problem.denial);
      return null;
    }
    const endWait = deps.decisionWaits?.begin(generation);
    try {
      return await decided(call.state === 'WAITING' ? call : await beginWait(call));
    } catch (error) {
      if (endsAnswer(signal)) record(call, 'CANCELLED', null, 0);
      throw error;
    } finally {
      endWait?.();
    }
  };

  const beginWait = async (call: ToolCall): Promise<ToolCall> => {
    const now = clock();
    const waitMs = Math.min(deps.decisionMs ?? toolLimits.decisionMs, waitLeftMs());
    const waiting = {
      state: 'WAITING',
      waitingSince: now.toISOString(),
      decideBefore: new Date(now.getTime() + waitMs).toISOString(),
    } as const;
    await change(call, waiting);
    return { ...call, ...waiting };
  };

  const usable = async ({ name }: ToolCall) => {
    const viewer = await caller();
    const tool = viewer && deps.tools?.find(viewer, name);
    return tool && { tool, viewer };
  };

  const deny = async (call: ToolCall): Promise<void> => {
    const text = `The user may not use the tool "${call.name}".`;
    if (call.state !== 'WAITING') return reject(call, 'DENIED', text, 'FORBIDDEN');
    const denied = await denyWaiting(call, text, 'FORBIDDEN');
    record(denied, 'DENIED', null, text.length);
    if (denied.state !== 'DENIED') await end(denied, 'DENIED', text, 'FORBIDDEN');
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
    const first = await usable(call);
    // The tools may have been configured anew since the call was added: a confirmation that it needed then is still needed.
    const isWriting = call.isAllowed || call.needsConfirmation === true || first?.tool.isReadOnly === false;
    if (call.state === 'RUNNING' && isWriting) return reject(call, 'FAILED', unknownOutcome);
    if (!first) return deny(call);
    if (call.state === 'WAITING' || (isWriting && !call.isAllowed)) {
      const answered = await confirmed(call);
      if (!answered) return;
      call = answered;
      // A call that the user denied was recorded with the decision: its worker may have died meanwhile.
      if (call.denial === 'USER') return;
      if (call.state !== 'PENDING') return record(call, call.state, null, call.result?.length ?? 0);
    }
    // Rights may have been taken away while the call waited.
    const { tool, viewer } = (await usable(call)) ?? {};
    if (!tool || !viewer) return deny(call);
    signal.throwIfAborted();
    const startedAt = clock();
    await change(call, { state: 'RUNNING', startedAt: startedAt.toISOString() });
    // The answer may have been cancelled while that was stored.
    signal.throwIfAborted();
    let state: ToolCall['state'] = 'CANCELLED';
    let text = '';
    const leaving = setTimeout(() => leaveEngine('tool'), deps.leaveAfterMs ?? leaveAfterMs);
    try {
      const result = await resultOf(deps, tool, call, viewer, isWriting, signal);
      state = result.isError ? 'FAILED' : 'SUCCEEDED';
      text = result.text === '' ? '(no result)' : result.text;
    } finally {
      clearTimeout(leaving);
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
          ...(writing.has(name) && { needsConfirmation: true }),
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
        await returnToEngine(signal);
        signal.throwIfAborted();
      } finally {
        // A run that has failed ends without the engine.
        await returnToEngine(AbortSignal.abort());
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
  isWriting: boolean,
  signal: AbortSignal,
): Promise<ToolResult> => {
  const timeout = AbortSignal.timeout(tool.timeoutMs);
  const within = AbortSignal.any([signal, timeout]);
  const failed = (text: string, isLost: boolean): ToolResult => ({
    text: isWriting && isLost ? `${text} ${mayHaveRun}` : text,
    isError: true,
  });
  try {
    const context = { viewer, callId: call.id, signal: within };
    // The tool may ignore the signal: the call ends nevertheless.
    const result = await orAborted(tool.call(call.arguments, context), within);
    return result.isLost ? failed(result.text, true) : result;
  } catch (error) {
    signal.throwIfAborted();
    if (timeout.aborted) {
      return failed(`The tool did not answer within ${Math.round(tool.timeoutMs / 1000)} seconds.`, true);
    }
    if (error instanceof Failure) {
      return failed(`${error.code}: ${error.message}`, error instanceof CallLost);
    }
    log.error({ tool: tool.name, err: error }, 'generation: tool failed unexpectedly');
    return failed('The tool failed.', true);
  }
};

const tooSlow = (name: string) =>
  new Failure('TOOL_FAILED', `The tool "${name}" did not get ready in time. Try again, or leave it out.`);

const tooManyFailures = (name: string) =>
  new Failure(
    'TOOL_FAILED',
    `${toolLimits.failures} calls of tools failed in a row, the last one of "${name}". Look at the calls, and ask again, with other tools or without.`,
  );
