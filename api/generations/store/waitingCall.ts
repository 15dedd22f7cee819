import type { ToolCall, ToolUse } from '../../tools/toolCall.ts';
import type { Generation } from '../generation.ts';

/**
 * Returns the calls of a running generation with a change to one of them that is `WAITING`; null if it isn't, or if its time is
 * over at `decidedAt`.
 */
export const withWaitingCall = (
  { status, toolUse }: Pick<Generation, 'status' | 'toolUse'>,
  callId: string,
  patch: Partial<ToolCall>,
  decidedAt?: Date,
): ToolUse | null => {
  const waiting = toolUse?.calls.find(({ id, state }) => id === callId && state === 'WAITING');
  if (status !== 'RUNNING' || !toolUse || !waiting) return null;
  if (decidedAt && waiting.decideBefore && decidedAt.getTime() >= Date.parse(waiting.decideBefore))
    return null;
  return {
    ...toolUse,
    calls: toolUse.calls.map((call) => (call.id === callId ? { ...call, ...patch } : call)),
  };
};
