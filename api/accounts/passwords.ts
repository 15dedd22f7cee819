import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { maxPasswordLength } from '../access/passwordStrength.ts';
import { Failure } from '../errors/failures.ts';
import { createKeyedLimit } from '../process/keyedLimit.ts';

/** OWASP's parameters for argon2id: 19 MiB, two passes, one lane. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The hash, made with the same parameters, of a password that nobody has. */
const nobodysHash =
  '$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdCEhIQ$Ot8kGCWBAjSaCvCYdEZ7HlBRGrp2d4EX6eDcr4FnLxk';

/** Hashes that are computed at once: a core, and one of the four threads of Node's pool, stay free for everything else. */
const maxAtOnce = Math.max(1, Math.min(3, availableParallelism() - 1));

/** Hashes that may wait for their turn: each takes 19 MiB and tens of milliseconds of a core. */
const maxWaiting = 32;

export interface Passwords {
  /** PHC string of argon2id, computed off the main thread. */
  hash(password: string): Promise<string>;
  /** Takes as long with no hash (null: no such user) as with one. */
  verify(passwordHash: string | null, password: string): Promise<boolean>;
  /** Whether a hash was made with other parameters than today's, so that the next sign-in makes it anew. */
  isOutdated(passwordHash: string): boolean;
}

/** `hash` and `verify` throw `RATE_LIMITED` when too many wait already. */
export const createPasswords = (): Passwords => {
  const { memoryCost, timeCost, parallelism } = parameters;
  const current = `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$`;
  const turns = createKeyedLimit(maxAtOnce);
  let waiting = 0;

  const queued = async <Result>(compute: () => Promise<Result>): Promise<Result> => {
    if (waiting >= maxWaiting) {
      throw new Failure('RATE_LIMITED', 'Too many people are signing in at once. Try again in a second.', {
        retryAfter: 1,
      });
    }
    waiting += 1;
    try {
      return await turns.run('', compute);
    } finally {
      waiting -= 1;
    }
  };

  return {
    hash: (password) => queued(() => hash(normal(password), parameters)),
    verify: (passwordHash, password) =>
      queued(async () => {
        const fits = Buffer.byteLength(password) <= maxPasswordLength;
        const matches = await verify(passwordHash ?? nobodysHash, fits ? normal(password) : '');
        return matches && fits && passwordHash !== null;
      }),
    isOutdated: (passwordHash) => !passwordHash.startsWith(current),
  };
};

/** 120 bits. */
export const generatePassword = (): string => randomBytes(15).toString('base64url');

/** Keyboards differ in how they type one character; what is hashed must not. */
const normal = (password: string): string => password.normalize('NFKC');
