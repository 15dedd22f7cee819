import { readFileSync } from 'node:fs';
import { parseArgs, parseEnv } from 'node:util';
import { MongoError } from 'mongodb';
import type { ChainLink } from '../../api/audit/chain.ts';
import { isSignedBy, parseSignedHeads } from '../../api/audit/signedHeads.ts';
import { type Verdict, verifyChain } from '../../api/audit/verify.ts';
import { mergeEnvironments } from '../../api/config/config.ts';
import { parseSigningKey } from '../../api/config/signingKey.ts';
import { StartupError } from '../../api/errors/startupError.ts';
import { systemCode } from '../../api/errors/systemErrors.ts';
import { reasonOf } from '../../api/mongo/errors.ts';
import { openMongoAuditReader } from './readAudit.mongo.ts';
import { openSqliteAuditReader } from './readAudit.sqlite.ts';

/** `npm run audit:verify`: checks the chain of the audit log. Ends with 1 where it is broken, with 2 where it can't tell. */

const usage = `npm run audit:verify [-- --expect SEQ:HASH] [--heads FILE]
Checks every entry of the audit log in the store that MONGODB_URL or DATA_DIR (.data) names, also while the service runs,
and prints the number and the hash of the last. Note them down elsewhere: with --expect, an earlier note is compared, which
alone shows that the end was cut off, or that the whole chain was written anew. --heads does the same with the signed heads
among the lines of a log that was kept elsewhere; AUDIT_SIGNING_KEY says whose signature they need.`;

class Unusable extends Error {}

const readEnvironment = () => {
  try {
    return mergeEnvironments(process.env, parseEnv(readFileSync('.env', 'utf8')));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return process.env;
    throw error;
  }
};

const say = (line: string) => process.stdout.write(`${line}\n`);

const linkOf = (text: string): ChainLink => {
  const [, seq, hash = ''] = /^(\d{1,15}):([0-9a-f]{64})$/i.exec(text.trim()) ?? [];
  if (seq === undefined) throw new Unusable(`--expect ${text} is no note of an entry: give it as SEQ:HASH.`);
  return { seq: Number(seq), hash: hash.toLowerCase() };
};

/**
 * The newest head that the log has with our signature: its hash stands for all before it.
 *
 * @throws Unusable
 */
const newestHeadOf = (file: string): ChainLink => {
  const key = parseSigningKey(readEnvironment().AUDIT_SIGNING_KEY ?? '');
  if (key === null)
    throw new Unusable('--heads needs AUDIT_SIGNING_KEY, the key that the server signs with.');
  const heads = parseSignedHeads(readFileSync(file, 'utf8'));
  const signed = heads.filter((head) => isSignedBy(head, key));
  if (signed.length < heads.length) {
    say(`${heads.length - signed.length} heads in ${file} have another signature, and are left out.`);
  }
  const newest = signed.toSorted((one, other) => one.seq - other.seq).at(-1);
  if (!newest) throw new Unusable(`${file} has no line with a signed head.`);
  return { seq: newest.seq, hash: newest.hash };
};

const openConfigured = () => {
  const { DATA_DIR, MONGODB_URL } = readEnvironment();
  const url = MONGODB_URL?.trim() ?? '';
  return url === '' ? openSqliteAuditReader(DATA_DIR?.trim() || '.data') : openMongoAuditReader(url);
};

const tell = (verdict: Verdict, expected: ChainLink | null): number => {
  if (verdict.is === 'broken') {
    say(`Broken at entry ${verdict.seq}: ${verdict.why}.`);
    return 1;
  }
  if (verdict.is === 'too old') {
    const { seq } = verdict.anchor;
    say(
      `Entry ${expected?.seq} can't be compared: all up to ${seq} were dropped by AUDIT_DAYS. Use a newer note.`,
    );
    return 2;
  }
  const { entries, first, last } = verdict;
  if (first === null) say('There is no entry yet.');
  else {
    const span = `from ${first.at.toISOString()} to ${last.at?.toISOString()}`;
    say(`${entries} entries, ${first.seq} to ${last.seq}, ${span}: each follows the one before it.`);
  }
  if (first !== null && first.seq > 1) say(`The ${first.seq - 1} before them were dropped by AUDIT_DAYS.`);
  if (expected) say(`Entry ${expected.seq} is the one that was noted down.`);
  say(`Note down elsewhere: ${last.seq}:${last.hash}`);
  return 0;
};

const verify = async (expected: ChainLink | null): Promise<number> => {
  const reader = openConfigured();
  try {
    return tell(await verifyChain(reader, expected), expected);
  } finally {
    await reader.close();
  }
};

try {
  const { expect, heads, help } = parseArgs({
    options: { expect: { type: 'string' }, heads: { type: 'string' }, help: { type: 'boolean' } },
  }).values;
  if (help) say(usage);
  else if (heads !== undefined) process.exitCode = await verify(newestHeadOf(heads));
  else process.exitCode = await verify(expect === undefined ? null : linkOf(expect));
} catch (error) {
  const isForeseen =
    error instanceof Unusable ||
    error instanceof StartupError ||
    systemCode(error)?.startsWith('ERR_PARSE_ARGS') === true;
  const reason = error instanceof MongoError ? `MongoDB can't be used (${reasonOf(error)}).` : null;
  const text = error instanceof Error ? (isForeseen ? error.message : error.stack) : String(error);
  process.stderr.write(`audit:verify: ${reason ?? text}\n`);
  process.exitCode = 2;
}
