import { readFileSync } from 'node:fs';
import { parseArgs, parseEnv } from 'node:util';
import { MongoError } from 'mongodb';
import type { ChainLink } from '../../api/audit/chain.ts';
import { isSignedBy, parseSignedHeads } from '../../api/audit/signedHeads.ts';
import { type Verdict, verifyChain } from '../../api/audit/verify.ts';
import { mergeEnvironments } from '../../api/config/config.ts';
import { parseSigningKey } from '../../api/config/values/signingKey.ts';
import { StartupError } from '../../api/errors/startupError.ts';
import { systemCode } from '../../api/errors/systemErrors.ts';
import { reasonOf } from '../../api/mongo/errors.ts';
import { openMongoAuditReader } from './readAudit.mongo.ts';
import { openSqliteAuditReader } from './readAudit.sqlite.ts';

/** `npm run audit:verify`: verifies the chain of the audit log. Exits with 1 if it is broken, with 2 if that can't be decided. */

const usage = `npm run audit:verify [-- --expect SEQ:HASH] [--heads FILE]
Verifies every entry of the audit log in the store of MONGODB_URL or DATA_DIR (.data), even while the service runs, and
prints the number and the hash of the last entry. Store them elsewhere. --expect compares such a note with the chain: only
a note reveals a truncated or completely rewritten chain. --heads does the same with the signed heads in a log file that
was kept elsewhere; AUDIT_SIGNING_KEY is the key that signed them.`;

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
  if (seq === undefined) throw new Unusable(`--expect ${text} is not valid: give it as SEQ:HASH.`);
  return { seq: Number(seq), hash: hash.toLowerCase() };
};

/**
 * Returns the newest head in the log file that the key has signed: its hash covers all entries before it.
 *
 * @throws Unusable
 */
const newestHeadOf = (file: string): ChainLink => {
  const key = parseSigningKey(readEnvironment().AUDIT_SIGNING_KEY ?? '');
  if (key === null)
    throw new Unusable('--heads needs AUDIT_SIGNING_KEY, the key with which the server signs.');
  const heads = parseSignedHeads(readFileSync(file, 'utf8'));
  const signed = heads.filter((head) => isSignedBy(head, key));
  if (signed.length < heads.length) {
    say(`${heads.length - signed.length} heads in ${file} have another signature and are ignored.`);
  }
  const newest = signed.toSorted((one, other) => one.seq - other.seq).at(-1);
  if (!newest) throw new Unusable(`${file} contains no signed head.`);
  return { seq: newest.seq, hash: newest.hash };
};

const openConfigured = () => {
  const { DATA_DIR, MONGODB_URL } = readEnvironment();
  const url = MONGODB_URL?.trim() ?? '';
  return url === '' ? openSqliteAuditReader(DATA_DIR?.trim() || '.data') : openMongoAuditReader(url);
};

const report = (verdict: Verdict, expected: ChainLink | null): number => {
  if (verdict.is === 'broken') {
    say(`Broken at entry ${verdict.seq}: ${verdict.why}.`);
    return 1;
  }
  if (verdict.is === 'too old') {
    const { seq } = verdict.anchor;
    say(
      `Entry ${expected?.seq} can't be compared: AUDIT_DAYS has removed all entries up to ${seq}. Use a newer note.`,
    );
    return 2;
  }
  const { entries, first, last } = verdict;
  if (first === null) say('The audit log is empty.');
  else {
    const span = `from ${first.at.toISOString()} to ${last.at?.toISOString()}`;
    say(`${entries} entries, ${first.seq} to ${last.seq}, ${span}: the chain is intact.`);
  }
  if (first !== null && first.seq > 1)
    say(`AUDIT_DAYS has removed the ${first.seq - 1} entries before them.`);
  if (expected) say(`Entry ${expected.seq} matches the note.`);
  say(`Store this elsewhere: ${last.seq}:${last.hash}`);
  return 0;
};

const verify = async (expected: ChainLink | null): Promise<number> => {
  const reader = openConfigured();
  try {
    return report(await verifyChain(reader, expected), expected);
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
  const isExpected =
    error instanceof Unusable ||
    error instanceof StartupError ||
    systemCode(error)?.startsWith('ERR_PARSE_ARGS') === true;
  const reason = error instanceof MongoError ? `MongoDB is unavailable (${reasonOf(error)}).` : null;
  const text = error instanceof Error ? (isExpected ? error.message : error.stack) : String(error);
  process.stderr.write(`audit:verify: ${reason ?? text}\n`);
  process.exitCode = 2;
}
