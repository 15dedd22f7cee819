import { Failure } from '../../errors/failures.ts';
import type { RecordLimitHit } from '../hits/log.ts';
import type { SignInThrottle } from './throttle.ts';

/** Wraps a throttle to record rejected attempts as limit hits, without the username: what was typed may be a password. */
export const withRecordedRejections = (
  throttle: SignInThrottle,
  recordLimitHit: RecordLimitHit,
): SignInThrottle => ({
  async attempt(attempt) {
    try {
      await throttle.attempt(attempt);
    } catch (error) {
      if (error instanceof Failure && error.code === 'RATE_LIMITED') {
        recordLimitHit({ limit: 'SIGN_IN', userId: null, address: attempt.address });
      }
      throw error;
    }
  },
  succeeded: (attempt) => throttle.succeeded(attempt),
});
