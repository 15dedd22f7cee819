import { setTimeout as sleep } from 'node:timers/promises';
import { roles } from '../../api/access/user.ts';
import type { Tool } from '../../api/tools/tool.ts';
import type { ToolCall, ToolDecision, ToolUse } from '../../api/tools/toolCall.ts';
import { isEnded } from '../../api/tools/toolCall.ts';
import type { Random } from './random.ts';
import type { Row } from './store.ts';

/** The tools of the simulation: a reader, and a writer whose calls wait for the user. Checks what is promised of them. */
export interface SimulatedTools {
  readonly all: readonly Tool[];
  /** Call it before a decision is sent: its reply may be lost. */
  decides(callId: string, decision: ToolDecision): void;
  /** Call it when the client knows that its decision counts. */
  hasDecided(callId: string, decision: ToolDecision): void;
  /** Checks the calls of a row whose calls or status have changed. */
  checkRow(row: Row): void;
}

export const toolNames = ['read', 'write'] as const;

export const callsIn = ({ toolUse }: Row): readonly ToolCall[] =>
  toolUse ? (JSON.parse(toolUse) as ToolUse).calls : [];

/** How long a call takes, in ms: longer ones leave the engine, and the longest one of the writer times out. */
const timeoutMs = 2500;
const readMs = [5, 60, 1300] as const;
const writeMs = [5, 60, 1300, 4000] as const;

export const createSimulatedTools = (random: Random, fail: (message: string) => void): SimulatedTools => {
  /** The calls that a client has asked to allow. */
  const allowed = new Set<string>();
  const decisions = new Map<string, ToolDecision>();
  const written = new Set<string>();

  const toolOf = (name: string, isReadOnly: boolean, call: Tool['call']): Tool => ({
    name,
    roles,
    isReadOnly,
    timeoutMs,
    describe: async () => ({ description: name, parameters: { type: 'object' } }),
    call,
  });

  const checkCall = (row: Row, call: ToolCall): void => {
    const isFinal = row.status !== 'QUEUED' && row.status !== 'RUNNING';
    if (isFinal && !isEnded(call))
      fail(`${row.id} is ${row.status}, but its call ${call.id} is ${call.state}`);
    const decision = decisions.get(call.id);
    const isKept =
      decision === 'DENY'
        ? call.state === 'DENIED'
        : decision === undefined || !['WAITING', 'DENIED'].includes(call.state);
    if (!isKept) fail(`the decision ${decision} on ${call.id} was accepted, but it is ${call.state}`);
  };

  return {
    all: [
      toolOf('read', true, async (_given, { signal }) => {
        await sleep(random.pick(readMs), undefined, { signal });
        return { text: 'read', isError: random.below(8) === 0 };
      }),
      toolOf('write', false, async (_given, { callId, signal }) => {
        if (!allowed.has(callId)) fail(`${callId} wrote without a permission`);
        if (decisions.get(callId) === 'DENY') fail(`${callId} wrote although it was denied`);
        if (written.has(callId)) fail(`${callId} wrote twice`);
        written.add(callId);
        await sleep(random.pick(writeMs), undefined, { signal });
        return { text: 'written', isError: false };
      }),
    ],
    decides(callId, decision) {
      if (decision === 'ALLOW') allowed.add(callId);
    },
    hasDecided(callId, decision) {
      const earlier = decisions.get(callId);
      if (earlier) fail(`two decisions on ${callId} were accepted: ${earlier} and ${decision}`);
      decisions.set(callId, decision);
    },
    checkRow(row) {
      for (const call of callsIn(row)) checkCall(row, call);
    },
  };
};
