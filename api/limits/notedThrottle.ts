import { Failure } from '../errors/failures.ts';
import type { NoteHit } from './hits/limitHits.ts';
import type { SignInThrottle } from './throttle/throttle.ts';

/** The same throttle, with each refusal noted; not the name that was typed, which may be anything. */
export const notedThrottle = (throttle: SignInThrottle, note: NoteHit): SignInThrottle => ({
  async attempt(attempt) {
    try {
      await throttle.attempt(attempt);
    } catch (error) {
      if (error instanceof Failure && error.code === 'RATE_LIMITED') {
        note({ limit: 'SIGN_IN', userId: null, address: attempt.address });
      }
      throw error;
    }
  },
  succeeded: (attempt) => throttle.succeeded(attempt),
});
