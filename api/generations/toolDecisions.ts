import { demand } from '../access/permissions.ts';
import type { Viewer } from '../access/viewer.ts';
import { Failure, notFound } from '../errors/failures.ts';
import type { Bus } from '../realtime/bus.ts';
import { notify } from '../realtime/notify.ts';
import type { ToolCall, ToolDecision } from '../tools/toolCall.ts';
import type { Generation } from './generation.ts';
import type { Journal } from './journal/journal.ts';
import { decisionMsOf, type EndedToolCall } from './run/tools/toolRun.ts';
import type { GenerationStore } from './store/store.ts';
import { toolCallDecided } from './topics.ts';

export interface ToolDecisions {
  /**
   * Allows or denies a call that waits, of one of the viewer's generations. Throws `NOT_FOUND`, and `CONFLICT` if it no longer
   * waits.
   */
  decideToolCall(viewer: Viewer, callId: string, decision: ToolDecision): Promise<Generation>;
}

export interface ToolDecisionsDeps {
  readonly generations: GenerationStore;
  readonly journal: Journal;
  readonly bus: Bus;
  readonly clock: () => Date;
  readonly log: Parameters<typeof notify>[0]['log'];
  /** Records a call that the user denied. Must not throw. */
  readonly toolCallEnded: (ended: EndedToolCall) => void;
}

const deniedByUser = 'The user denied the call. The tool was not called.';

const deniedCall = (generation: Generation, call: ToolCall): EndedToolCall => ({
  generation,
  call: { id: call.id, name: call.name, state: 'DENIED', denial: 'USER' },
  isKnown: generation.toolUse?.names.includes(call.name) ?? false,
  durationMs: 0,
  argumentsLength: JSON.stringify(call.arguments).length,
  resultLength: deniedByUser.length,
  decisionMs: decisionMsOf(call),
});

export const createToolDecisions = (deps: ToolDecisionsDeps): ToolDecisions => ({
  async decideToolCall(viewer, callId, decision) {
    demand(viewer, 'decideToolCalls');
    const { generations, journal } = deps;
    const [id = ''] = callId.split('.');
    const generation = await generations.find(viewer.user.id, id);
    if (!generation?.toolUse?.calls.some((call) => call.id === callId)) throw notFound('tool call');
    const now = deps.clock();
    const decidedAt = now.toISOString();
    const patch =
      decision === 'ALLOW'
        ? ({ state: 'PENDING', isAllowed: true, decidedAt } as const)
        : ({
            state: 'DENIED',
            denial: 'USER',
            result: deniedByUser,
            decidedAt,
            finishedAt: decidedAt,
          } as const);
    const decided = await generations.changeWaitingCall(viewer.user.id, id, callId, patch, now);
    if (!decided) {
      throw new Failure('CONFLICT', 'This call no longer waits for a decision. Look at its state.');
    }
    const call = decided.toolUse?.calls.find((one) => one.id === callId);
    if (decision === 'DENY' && call) deps.toolCallEnded(deniedCall(decided, call));
    await notify(deps, toolCallDecided, id, { callId });
    // Other readers learn of it now, instead of when the call has begun.
    const tell = async () => {
      const entry = await journal.read(id);
      if (!entry) return;
      const { attempt, text, thinking } = entry;
      const nothing = { delta: '', thinkingDelta: '' };
      await journal.append(id, { attempt, offset: text.length, thinkingOffset: thinking.length, ...nothing });
    };
    await tell().catch((error: unknown) => {
      deps.log.debug({ generation: id, err: error }, 'generation: readers not notified of a decision');
    });
    return decided;
  },
});
