import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { Secrets } from '../access/secrets.ts';
import type { Ids } from '../process/ids.ts';
import { version } from '../process/version.ts';
import type { ReplicaRegistry } from './registry.ts';

export interface ReplicaRegistrationDeps {
  readonly registry: ReplicaRegistry;
  readonly secrets: Secrets;
  /** Whether this process runs generations. */
  readonly worker: boolean;
  readonly ids: Ids;
  readonly log: Logger;
}

/** Registers this process as a replica, and compares its settings with the other replicas. */
export interface ReplicaRegistration {
  /** Registers this process. Call the result to remove it. */
  register(): () => Promise<void>;
  /**
   * Logs an error if replicas sign sessions with different secrets. Each then rejects the sessions of the others, which
   * users see as sessions that end at random. Never rejects.
   */
  warnOfDifferentSecrets(): Promise<void>;
}

export const createReplicaRegistration = (deps: ReplicaRegistrationDeps): ReplicaRegistration => {
  const { registry, secrets, worker, ids, log } = deps;
  return {
    register() {
      const secretHash = createHash('sha256').update(secrets.signingKey).digest('hex').slice(0, 16);
      return registry.register({ id: ids.next(), version, worker, secretHash });
    },
    async warnOfDifferentSecrets() {
      const replicas = await registry.list().catch(() => []);
      if (new Set(replicas.map(({ secretHash }) => secretHash)).size < 2) return;
      log.error(
        'replicas: sessions are signed with different secrets; set the same JWT_SECRET on all replicas',
      );
    },
  };
};
