import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { badInput, Failure } from '../failures.ts';

/** Characters a new password must have at least. Length is what makes one strong (NIST SP 800-63B, 3.1.1). */
export const shortestPassword = 12;

/** Bytes of a password that are looked at, at most: hashing must not be a way to keep the server busy. */
const longestPassword = 1024;

/** OWASP's parameters for argon2id: 19 MiB, two passes, one lane. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The hash, made with the same parameters, of a password that nobody has. */
const nobodysHash =
  '$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdCEhIQ$Ot8kGCWBAjSaCvCYdEZ7HlBRGrp2d4EX6eDcr4FnLxk';

/** Hashes that may wait for their turn: each takes 19 MiB and tens of milliseconds of a core. */
const mostWaiting = 32;

export interface Passwords {
  /** PHC string of argon2id, computed off the main thread. */
  hash(password: string): Promise<string>;
  /** Takes as long with no hash (null: no such user) as with one. */
  verify(passwordHash: string | null, password: string): Promise<boolean>;
}

/** Both methods throw `RATE_LIMITED` when too many wait already. */
export const createPasswords = (): Passwords => {
  let waiting = 0;

  const queued = async <Result>(compute: () => Promise<Result>): Promise<Result> => {
    if (waiting >= mostWaiting) {
      throw new Failure('RATE_LIMITED', 'Too many people are signing in at once. Try again in a second.', {
        retryAfter: 1,
      });
    }
    waiting += 1;
    try {
      return await compute();
    } finally {
      waiting -= 1;
    }
  };

  return {
    hash: (password) => queued(() => hash(normal(password), parameters)),
    verify: (passwordHash, password) =>
      queued(async () => {
        const fits = Buffer.byteLength(password) <= longestPassword;
        const matches = await verify(passwordHash ?? nobodysHash, fits ? normal(password) : '');
        return matches && fits && passwordHash !== null;
      }),
  };
};

/** 120 bits. */
export const generatePassword = (): string => randomBytes(15).toString('base64url');

/** Throws `BAD_USER_INPUT` for a password too weak, or too long, to be set. */
export const checkNewPassword = (field: string, password: string): void => {
  const characters = [...password].length;
  if (characters < shortestPassword) {
    throw badInput(
      field,
      `The new password has ${characters} characters: it needs ${shortestPassword} at least. A few words in a row do well.`,
    );
  }
  if (Buffer.byteLength(password) > longestPassword) {
    throw badInput(field, `The new password is longer than ${longestPassword} bytes. Choose a shorter one.`);
  }
};

/** Keyboards differ in how they type one character; what is hashed must not. */
const normal = (password: string): string => password.normalize('NFKC');
