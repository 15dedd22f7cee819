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

/** Whether a stored call stays as it is: only `changeWaitingCall` may change it, or nothing may. */
const isSettled = (stored: ToolCall, given: ToolCall): boolean =>
  stored.state === 'WAITING' ||
  isEnded(stored) ||
  // It was decided since the worker read it: a write whose reply was lost is repeated.
  (given.state === 'WAITING' && stored.decidedAt !== undefined);

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
  const stored = current.status === 'RUNNING' ? (current.toolUse?.calls ?? []) : [];
  const calls = toolUse.calls.map(
    (call) => stored.find((one) => one.id === call.id && isSettled(one, call)) ?? call,
  );
  return { ...toolUse, calls: isEnd(patch) ? callsAtEnd(calls, patch.finishedAt ?? null) : calls };
};
