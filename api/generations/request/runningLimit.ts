import type { Viewer } from '../../access/viewer.ts';
import type { AnswerLimits, SlotHolder } from '../../limits/running/answerLimits.ts';
import type { Reservations } from '../../usage/reservations/reservations.ts';

/** A generation that asks for admission. */
export interface AdmissionRequest extends SlotHolder {
  readonly id: string;
  /** The attempt that it will be stored with. */
  readonly attempt: number;
  /** The tokens of its prompt, as far as they are known. */
  readonly promptTokens: number;
  /** The maximum length of its text, in tokens; null: unlimited. */
  readonly maxTokens: number | null;
  /** Whether only the quota limits it. Absent: all limits do. */
  readonly isBackground?: boolean;
}

/** The limits of a user's answers: their rate, the number at once, and the quota. */
export interface RunningLimit {
  /**
   * Acquires a running slot, reserves tokens, then calls `start`. If any of that fails, slot and tokens are released.
   * Throws `RATE_LIMITED` or `QUOTA_EXCEEDED` with `retryAfter`, in seconds, and any error of `start`.
   */
  admit<Started>(viewer: Viewer, request: AdmissionRequest, start: () => Promise<Started>): Promise<Started>;
}

export interface RunningLimitDeps {
  readonly answerLimits: AnswerLimits;
  readonly reservations: Reservations;
  /** The tokens that are reserved for the text of an answer before it starts. */
  readonly reserveTokens: number;
}

export const createRunningLimit = (deps: RunningLimitDeps): RunningLimit => {
  const { answerLimits, reservations, reserveTokens } = deps;

  /** Below the attempt that runs: if a request is repeated, the generation that runs already keeps its reservation. */
  const waitingAttempt = ({ attempt }: AdmissionRequest) => attempt - 1;

  const reserve = ({ user }: Viewer, request: AdmissionRequest) => {
    const { id, promptTokens, maxTokens } = request;
    return reservations.reserve({
      ownerId: user.id,
      id,
      attempt: waitingAttempt(request),
      minTokens: promptTokens + 1,
      wantedTokens: promptTokens + Math.min(maxTokens ?? reserveTokens, reserveTokens),
      state: 'waiting',
    });
  };

  return {
    async admit(viewer, request, start) {
      // A slot is held for one attempt: a continued generation acquires its slot before its next attempt is stored.
      const releaseSlot = request.isBackground ? null : await answerLimits.acquireSlot(viewer, request);
      try {
        await reserve(viewer, request);
        try {
          if (!request.isBackground) await answerLimits.checkRate(viewer);
          return await start();
        } catch (error) {
          await reservations.release(viewer.user.id, request.id, waitingAttempt(request));
          throw error;
        }
      } catch (error) {
        // If that fails too, the slot is released later, as its generation was never stored.
        await releaseSlot?.().catch(() => {});
        throw error;
      }
    },
  };
};
