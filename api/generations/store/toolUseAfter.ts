import { callsAtEnd, isEnded, type ToolCall, type ToolUse } from '../../tools/toolCall.ts';
import { type Generation, type GenerationPatch, isFinal } from '../generation.ts';

/**
 * Returns the stored tools of a generation. Earlier releases left calls open when an answer ended, and replicas of one still
 * may: those have ended too.
 */
export const toolUseOf = (
  stored: ToolUse,
  { status, finishedAt }: Pick<Generation, 'status' | 'finishedAt'>,
): ToolUse =>
  isFinal(status) && !stored.calls.every(isEnded)
    ? { ...stored, calls: callsAtEnd(stored.calls, finishedAt) }
    : stored;

const isEnd = ({ status }: GenerationPatch): boolean => status !== undefined && isFinal(status);

/** Whether what a transition stores depends on the stored calls of tools. */
export const concernsCalls = (patch: GenerationPatch): boolean => patch.toolUse !== undefined || isEnd(patch);

/** Whether only `changeWaitingCall` may change a stored call, or nothing may. */
const isSettled = (call: ToolCall): boolean => call.state === 'WAITING' || isEnded(call);

/**
 * Returns the tools of a generation after a transition; undefined if it has none. While it runs, calls that wait and calls that
 * have ended stay as they are stored: a worker may have read them before they were decided. Its end ends its calls.
 */
export const toolUseAfter = (
  current: Pick<Generation, 'status' | 'toolUse'>,
  patch: GenerationPatch,
): ToolUse | undefined => {
  const toolUse = patch.toolUse ?? current.toolUse;
  if (!toolUse) return undefined;
  const settled = current.status === 'RUNNING' ? (current.toolUse?.calls.filter(isSettled) ?? []) : [];
  const calls = toolUse.calls.map((call) => settled.find(({ id }) => id === call.id) ?? call);
  return { ...toolUse, calls: isEnd(patch) ? callsAtEnd(calls, patch.finishedAt ?? null) : calls };
};
