import type { EndedToolCall } from '../../../generations/run/tools/toolRun.ts';
import type { UserLookup } from '../../actor.ts';
import type { AuditRecorder } from '../../recorder.ts';

/** Returns a function that records the calls of tools: names and sizes, never contents. */
export const recordToolCalls =
  (recorder: AuditRecorder, users: Pick<UserLookup, 'findUser'>) =>
  ({ generation, call, durationMs, argumentsLength, resultLength }: EndedToolCall): void => {
    const { id, ownerId, conversationId } = generation;
    const draft = async () => {
      const owner = await users.findUser(ownerId).catch(() => null);
      return {
        action: 'TOOL_CALLED',
        outcome: call.state === 'SUCCEEDED' ? 'OK' : call.state === 'DENIED' ? 'FORBIDDEN' : 'TOOL_FAILED',
        userId: ownerId,
        username: owner?.username ?? null,
        target: call.name,
        targetId: id,
        details: {
          toolCallId: call.id,
          ...(call.denial && { reason: call.denial }),
          ...(conversationId !== null && { conversationId }),
          durationMs: Math.round(durationMs),
          argumentsLength,
          resultLength,
        },
      } as const;
    };
    recorder.recordWhenKnown(draft());
  };
