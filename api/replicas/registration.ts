import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { Secrets } from '../access/secrets.ts';
import type { Ids } from '../process/ids.ts';
import { version } from '../process/version.ts';
import type { Presence } from './registry.ts';

export interface MembershipDeps {
  readonly presence: Presence;
  readonly secrets: Secrets;
  /** Whether this process takes generations. */
  readonly worker: boolean;
  readonly ids: Ids;
  readonly log: Logger;
}

/** What replicas say of themselves, and learn of each other. */
export interface Membership {
  /** Tells the others of this one. Call the result to leave. */
  join(): () => Promise<void>;
  /**
   * Who signs in at one replica is refused by one that has another secret, which looks like sessions that end by chance:
   * logs an error where there is such a one. Never rejects.
   */
  warnOfOtherSecrets(): Promise<void>;
}

export const createMembership = ({ presence, secrets, worker, ids, log }: MembershipDeps): Membership => ({
  join() {
    const secretHash = createHash('sha256').update(secrets.signingKey).digest('hex').slice(0, 16);
    return presence.join({ id: ids.next(), version, worker, secretHash });
  },
  async warnOfOtherSecrets() {
    const replicas = await presence.replicas().catch(() => []);
    if (new Set(replicas.map(({ secretHash }) => secretHash)).size < 2) return;
    log.error('Replicas sign sessions with different secrets: set the same JWT_SECRET for all of them.');
  },
});
