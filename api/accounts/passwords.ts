import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { maxPasswordLength } from '../access/passwordStrength.ts';
import { Failure } from '../errors/failures.ts';
import { createKeyedLimit } from '../process/keyedLimit.ts';

/** The parameters that OWASP recommends for argon2id: 19 MiB, two passes, one lane. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** A hash with the same parameters to verify against if there is no such user, so that the response time is the same. */
const dummyHash =
  '$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdCEhIQ$Ot8kGCWBAjSaCvCYdEZ7HlBRGrp2d4EX6eDcr4FnLxk';

/** Concurrent hashes: one core and one of the four threads of Node's pool stay free for other work. */
const maxAtOnce = Math.max(1, Math.min(3, availableParallelism() - 1));

/** Maximum queued hashes: each takes 19 MiB and tens of milliseconds of a core. */
const maxWaiting = 32;

/** Loaded at the first hash: native code that most starts don't need. */
const argon2 = () => import('@node-rs/argon2');

export interface Passwords {
  /** Returns the argon2id hash as a PHC string, computed off the main thread. */
  hash(password: string): Promise<string>;
  /**
   * Verifies a password. Takes the same time without a hash (null: no such user). `isGone` says whether the caller has left:
   * then nothing is computed, and it throws `UNAUTHENTICATED`.
   */
  verify(passwordHash: string | null, password: string, isGone?: () => boolean): Promise<boolean>;
  /** Whether a hash was computed with other parameters than the current ones; the next sign-in then replaces it. */
  isOutdated(passwordHash: string): boolean;
}

/** Throws `UNAUTHENTICATED` if the client has left: nobody would get the result. */
export const rejectGone = (isGone?: () => boolean): void => {
  if (isGone?.()) {
    throw new Failure('UNAUTHENTICATED', 'The client has left before its password was verified.');
  }
};

/** Creates the password hasher. `hash` and `verify` throw `RATE_LIMITED` when the queue is full. */
export const createPasswords = (): Passwords => {
  const { memoryCost, timeCost, parallelism } = parameters;
  const current = `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$`;
  const limit = createKeyedLimit(maxAtOnce);
  let waiting = 0;

  const queued = async <Result>(compute: () => Promise<Result>): Promise<Result> => {
    if (waiting >= maxWaiting) {
      throw new Failure('RATE_LIMITED', 'Too many people are signing in at once. Try again in a second.', {
        retryAfter: 1,
      });
    }
    waiting += 1;
    try {
      return await limit.run('', compute);
    } finally {
      waiting -= 1;
    }
  };

  return {
    hash: (password) => queued(async () => (await argon2()).hash(normal(password), parameters)),
    verify: (passwordHash, password, isGone) =>
      queued(async () => {
        // One document can check dozens of passwords, one after the other, and its sender may be gone after the first.
        rejectGone(isGone);
        const fits = Buffer.byteLength(password) <= maxPasswordLength;
        const { verify } = await argon2();
        const matches = await verify(passwordHash ?? dummyHash, fits ? normal(password) : '');
        return matches && fits && passwordHash !== null;
      }),
    isOutdated: (passwordHash) => !passwordHash.startsWith(current),
  };
};

/** Returns a random password of 120 bits. */
export const generatePassword = (): string => randomBytes(15).toString('base64url');

/** Normalizes Unicode: keyboards encode the same character differently. */
const normal = (password: string): string => password.normalize('NFKC');
