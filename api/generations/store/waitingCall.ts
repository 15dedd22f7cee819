import type { ToolCall, ToolUse } from '../../tools/toolCall.ts';
import type { Generation } from '../generation.ts';

/** Returns the calls of a running generation with a change to one of them that is `WAITING`; null if it isn't. */
export const withWaitingCall = (
  { status, toolUse }: Pick<Generation, 'status' | 'toolUse'>,
  callId: string,
  patch: Partial<ToolCall>,
): ToolUse | null => {
  const isWaiting = toolUse?.calls.some(({ id, state }) => id === callId && state === 'WAITING') ?? false;
  if (status !== 'RUNNING' || !toolUse || !isWaiting) return null;
  return {
    ...toolUse,
    calls: toolUse.calls.map((call) => (call.id === callId ? { ...call, ...patch } : call)),
  };
};
