import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { type Client, signIn } from '../e2e/harness/client.ts';
import { makeFolder, removeFolder } from '../e2e/harness/folder.ts';
import { adminPassword } from '../e2e/harness/process.ts';
import { startRedis } from '../e2e/harness/redis.ts';
import { startStandin } from '../e2e/harness/standin.ts';
import type { AttackOptions } from './attacker/attack.ts';
import { type LimitedServer, startLimitedServer } from './limitedServer.ts';

/** Tokens per second of the engine: an answer to the probe takes a tenth of a second. */
const tokensPerSecond = 100;
/** Pairs of attackers. A pair attacks again when the rate limits of a minute have forgotten its last attack. */
const pairs = 12;
const keysPerPair = 2;

/**
 * The default limits, but none on the rate of the probe, which is an administrator: it does in seconds what a person does
 * in minutes.
 */
const limits = {
  RATE_LIMIT: 'MEMBER=10/1m,VIEWER=10/1m,ADMIN=off',
  WRITE_LIMIT: 'MEMBER=120/1m,VIEWER=120/1m,ADMIN=off',
  REQUEST_LIMIT: 'MEMBER=600/1m,VIEWER=600/1m,ADMIN=off',
  ADDRESS_LIMIT: '300/1m',
  RUNNING_LIMIT: '2',
};

/** Servers to attack, with their attackers and probe users. */
export interface AbuseTarget {
  readonly servers: readonly LimitedServer[];
  /** The access token of the probe user. */
  readonly probeToken: string;
  /** Returns the credentials and addresses of the nth attack. */
  attackers(index: number): AttackOptions;
  close(): Promise<void>;
}

const createAttackers = async (url: string, admin: Client) => {
  const password = 'a password of an attacker';
  const create = async (username: string): Promise<Client> => {
    await admin.data('mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }', {
      input: { username, password, role: 'MEMBER' },
    });
    return signIn(url, username, password);
  };
  const createKey = async (client: Client, name: string): Promise<string> =>
    (
      await client.data<{ createApiKey: { secret: string } }>(
        'mutation ($name: String!) { createApiKey(input: { name: $name, scopes: [CHAT, READ] }) { secret } }',
        { name },
      )
    ).createApiKey.secret;

  const all: Pick<AttackOptions, 'tokens' | 'keys'>[] = [];
  for (let index = 0; index < pairs; index += 1) {
    const [one, other] = [await create(`mallory${index}`), await create(`trudy${index}`)];
    const keys: string[] = [];
    for (let key = 0; key < keysPerPair; key += 1) keys.push(await createKey(one, `key ${key}`));
    all.push({ tokens: [one.token, other.token], keys });
  }
  return all;
};

const openTarget = async (
  servers: readonly LimitedServer[],
  close: () => Promise<void>,
): Promise<AbuseTarget> => {
  const url = servers[0]?.url ?? '';
  const admin = await signIn(url, 'admin', adminPassword);
  const attackers = await createAttackers(url, admin);
  return {
    servers,
    probeToken: admin.token,
    attackers(index) {
      const { tokens = [], keys = [] } = attackers[index % attackers.length] ?? {};
      return { ports: servers.map(({ port }) => port), tokens, keys, network: `127.1.${index % 250}` };
    },
    close,
  };
};

/** Starts one server with the embedded store. */
export const startEmbedded = async (): Promise<AbuseTarget> => {
  const folder = await makeFolder();
  const engine = await startStandin(tokensPerSecond);
  const server = await startLimitedServer({ dataDir: folder, env: { ...limits, OLLAMA_URL: engine.url } });
  return openTarget([server], async () => {
    await server.stop();
    await engine.kill();
    await removeFolder(folder);
  });
};

/** Starts two replicas on Redis and MongoDB. */
export const startReplicas = async (): Promise<AbuseTarget> => {
  const folder = await makeFolder();
  const [engine, redis] = await Promise.all([startStandin(tokensPerSecond), startRedis(folder)]);
  const mongodbUrl = new URL(process.env.MONGODB_URL ?? '');
  const database = `abuse-${randomUUID().slice(0, 8)}`;
  mongodbUrl.pathname = `/${database}`;
  const servers: LimitedServer[] = [];
  for (const [index, name] of ['one', 'other'].entries()) {
    const dataDir = join(folder, name);
    await mkdir(dataDir);
    const env = {
      ...limits,
      OLLAMA_URL: engine.url,
      MONGODB_URL: mongodbUrl.href,
      REDIS_URL: redis.url,
      JWT_SECRET: 'a secret that all replicas of this test share',
    };
    servers.push(await startLimitedServer({ dataDir, env }, index));
  }
  return openTarget(servers, async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await engine.kill();
    const mongo = await MongoClient.connect(mongodbUrl.href);
    await mongo.db(database).dropDatabase();
    await mongo.close();
    await redis.kill();
    await removeFolder(folder);
  });
};
