import { randomUUID } from 'node:crypto';
import type { Document, MongoClient } from 'mongodb';
import { bucketFolder } from '../../api/attachments/files/bucketKey.ts';
import type { Config } from '../../api/config/config.ts';
import type { BucketConfig } from '../../api/config/values/bucket.ts';
import { StartupError } from '../../api/errors/startupError.ts';
import { createMongoClient } from '../../api/mongo/client.ts';
import { describeAddress, parseRedisUrl } from '../../api/redis/address.ts';
import { connectCommands } from '../../api/redis/client.ts';
import { checkBucket, openBucket } from '../../api/s3/client.ts';
import { type Finding, failed, ok, reasonOf, requestTimeoutMs, warning } from './finding.ts';

/** The accepted difference between two clocks, in ms: sessions and leases are compared between machines. */
const maxSkewMs = 2000;

const checkClock = (of: string, theirs: number, beforeMs: number): Finding => {
  const now = Date.now();
  // The other clock was read between the two readings of ours.
  const skewMs = Math.max(0, theirs - now, beforeMs - theirs);
  if (skewMs <= maxSkewMs) return ok('clock', `The clock agrees with that of ${of}.`);
  return failed(
    'clock',
    `The clock differs from that of ${of} by ${(skewMs / 1000).toFixed(1)} s.`,
    'Turn on time synchronization on both machines: timedatectl set-ntp true',
  );
};

export const checkMongo = async (url: string): Promise<readonly Finding[]> => {
  let client: MongoClient | null = null;
  try {
    const address = createMongoClient(url);
    client = address.client;
    const database = client.db(address.database);
    const startedAt = Date.now();
    await database.command({ ping: 1 });
    // Servers older than 4.4 don't know the command.
    const hello = await database.command({ hello: 1 }).catch(() => ({}) as Document);
    const ms = Date.now() - startedAt;
    const findings: Finding[] = [ok('mongodb', `MongoDB at ${address.where} answers in ${ms} ms.`)];
    const theirs = hello.localTime instanceof Date ? hello.localTime.getTime() : null;
    if (theirs !== null) findings.push(checkClock('MongoDB', theirs, startedAt));
    if (hello.setName === undefined && hello.msg !== 'isdbgrid') {
      findings.push(
        warning(
          'mongodb',
          'It is no replica set, so that failed writes are not retried and backups are not one snapshot.',
          'Start it with --replSet rs0, and run rs.initiate() once, as docker-compose.yml does.',
        ),
      );
    }
    return findings;
  } catch (error) {
    return [
      failed(
        'mongodb',
        `MongoDB is unreachable: ${reasonOf(error)}.`,
        'Start it (docker compose up -d mongo), and check MONGODB_URL, the user and the password.',
      ),
    ];
  } finally {
    await client?.close().catch(() => {});
  }
};

export const checkRedis = async (url: string): Promise<readonly Finding[]> => {
  let close = () => {};
  try {
    const address = parseRedisUrl(url);
    const client = connectCommands(address);
    close = () => client.disconnect();
    client.on('error', () => {});
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error('no answer within 5 s')), requestTimeoutMs);
    try {
      // Commands sent before the connection is up would be rejected.
      const up = new Promise<void>((resolve) => client.once('ready', () => resolve()));
      await Promise.race([up, late.promise]);
      const startedAt = Date.now();
      const [seconds = 0, microseconds = 0] = (await client.time()).map(Number);
      const clock = checkClock('Redis', seconds * 1000 + microseconds / 1000, startedAt);
      const info = await client.info();
      const field = (name: string) => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1] ?? '';
      return [
        ok('redis', `Redis ${field('redis_version')} at ${describeAddress(address)} answers.`),
        clock,
        ...checkRedisSettings(field),
      ];
    } finally {
      clearTimeout(timer);
    }
  } catch (error) {
    return [
      failed(
        'redis',
        `Redis is unreachable: ${reasonOf(error)}.`,
        'Start it (docker compose up -d redis), and check REDIS_URL and the password.',
      ),
    ];
  } finally {
    close();
  }
};

/** `field` returns a field of `INFO`. */
export const checkRedisSettings = (field: (name: string) => string): readonly Finding[] => {
  const findings: Finding[] = [];
  const policy = field('maxmemory_policy');
  if (policy !== '' && policy !== 'noeviction') {
    findings.push(
      failed(
        'redis',
        `It evicts keys when its memory is full (${policy}), so that queued answers can be lost.`,
        'Set: redis-cli config set maxmemory-policy noeviction, and the same in redis.conf.',
      ),
    );
  }
  if (field('aof_enabled') !== '1') {
    findings.push(
      warning(
        'redis',
        'It does not log each write (appendonly no): a restart loses the last answers in progress.',
        'Set: redis-cli config set appendonly yes, and the same in redis.conf.',
      ),
    );
  }
  return findings;
};

/** Checks that the bucket of attached files can be used: writes, reads and deletes an object among them. */
export const checkFiles = async (bucket: BucketConfig): Promise<readonly Finding[]> => {
  const client = openBucket(bucket);
  const { host } = new URL(bucket.endpoint);
  try {
    await checkBucket(client, bucket);
    // A name of one part, which the clean-up of files ignores.
    const name = `${bucket.prefix}${bucketFolder}doctor-${randomUUID()}`;
    await client.putObject(name, 'doctor');
    const read = await client.getObject(name).finally(() => client.deleteObject(name));
    if (read !== 'doctor') throw new Error('an object could not be read');
    return [
      ok('files', `The bucket "${bucket.bucket}" at ${host} can be listed, read, written and deleted from.`),
    ];
  } catch (error) {
    const remedy = 'Check ATTACHMENTS_URL, AWS_REGION and the permissions of AWS_ACCESS_KEY_ID.';
    const reason = error instanceof StartupError ? error.message : `The bucket: ${reasonOf(error)}.`;
    return [failed('files', reason, remedy)];
  }
};

export const checkStores = async ({
  mongodbUrl,
  redisUrl,
  attachmentBucket,
}: Config): Promise<readonly Finding[]> => {
  const found = await Promise.all([
    mongodbUrl === null ? [] : checkMongo(mongodbUrl),
    redisUrl === null ? [] : checkRedis(redisUrl),
    attachmentBucket === null ? [] : checkFiles(attachmentBucket),
  ]);
  return found.flat();
};
