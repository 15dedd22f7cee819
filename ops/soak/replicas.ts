import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Cluster, startCluster } from '../e2e/harness/cluster.ts';
import type { Random } from '../simulation/random.ts';

/** The number of replicas, the engines that they share, and the tokens per second of one answer. */
const replicas = 3;
const engines = 2;
const tokensPerSecond = 40;
/** The maximum number of tries to restart a replica. A start may meet an outage of the store or of Redis. */
const maxStarts = 5;

/** The state of a replica: `paused` processes accept connections, but don't answer. */
export type ReplicaState = 'running' | 'paused' | 'killed';

/** The replicas of a soak, and the connections between them and the servers. */
export interface SoakReplicas {
  readonly cluster: Cluster;
  readonly states: readonly ReplicaState[];
  /** A token of the administrator, which all replicas accept. */
  readonly token: string;
  /** Returns the URL of a random replica that was not killed. */
  anyUrl(): string;
  kill(index: number): Promise<void>;
  /** Starts a killed replica. */
  restart(index: number): Promise<void>;
  pause(index: number): void;
  resume(index: number): void;
  /** Returns the errors that replicas have logged since the last call, those of killed replicas included. */
  unexpectedErrors(): readonly string[];
  close(): Promise<void>;
}

/** Writes the log of each replica to `logs` when it ends. */
export const startReplicas = async (random: Random, logs: string | null): Promise<SoakReplicas> => {
  const cluster = await startCluster({
    replicas,
    engines,
    tokensPerSecond,
    // All clients are the same user.
    env: { CALLER_LIMITS: 'userSockets=5000,userStreams=5000,operations=500', DRAIN_S: '5' },
  });
  const states: ReplicaState[] = cluster.replicas.map(() => 'running');
  const [first] = cluster.clients;
  if (!first) throw new RangeError('there is no client');
  const errors: string[] = [];
  let ends = 0;
  const writeLog = async (index: number) => {
    ends += 1;
    const output = cluster.replicas[index]?.output() ?? '';
    if (logs !== null) await writeFile(join(logs, `replica-${index + 1}-${ends}.log`), output);
  };
  const collectErrors = () => errors.push(...cluster.unexpectedErrors());

  return {
    cluster,
    states,
    token: first.token,
    anyUrl() {
      const [one, ...others] = cluster.replicas.filter((_, index) => states[index] !== 'killed');
      if (!one) throw new RangeError('all replicas were killed');
      return random.pick([one, ...others]).url;
    },
    async kill(index) {
      states[index] = 'killed';
      await cluster.replicas[index]?.kill();
      await writeLog(index);
      collectErrors();
    },
    async restart(index) {
      for (let tries = 1; ; tries += 1) {
        try {
          await cluster.start(index);
          states[index] = 'running';
          return;
        } catch (error) {
          if (tries === maxStarts) throw error;
          await cluster.replicas[index]?.kill();
        }
      }
    },
    pause(index) {
      states[index] = 'paused';
      cluster.replicas[index]?.pause();
    },
    resume(index) {
      cluster.replicas[index]?.resume();
      states[index] = 'running';
    },
    unexpectedErrors() {
      collectErrors();
      return errors.splice(0);
    },
    async close() {
      for (const index of states.keys()) await writeLog(index);
      await cluster.close();
    },
  };
};
