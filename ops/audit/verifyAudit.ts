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

/**
 * `npm run audit:verify`: verifies the hash chain of the audit log. Exits with 1 if it is broken, with 2 if it can't
 * tell.
 */

const usage = `npm run audit:verify [-- --expect SEQ:HASH] [--heads FILE]
Verifies every entry of the audit log in the store of MONGODB_URL or DATA_DIR (default .data), also while the server runs,
and prints the number and the hash of the last entry. Keep them elsewhere and pass them later with --expect: only that
shows whether the end was cut off or the whole chain was rewritten. --heads FILE compares with the newest signed head in a
copy of the server's log instead; their signatures must match AUDIT_SIGNING_KEY.`;

class UsageError extends Error {}

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
  if (seq === undefined) throw new UsageError(`--expect ${text} is not valid: pass it as SEQ:HASH.`);
  return { seq: Number(seq), hash: hash.toLowerCase() };
};

/**
 * Returns the newest head in the log file with our signature. Its hash covers all entries before it.
 *
 * @throws UsageError
 */
const newestHeadOf = (file: string): ChainLink => {
  const key = parseSigningKey(readEnvironment().AUDIT_SIGNING_KEY ?? '');
  if (key === null)
    throw new UsageError('--heads needs AUDIT_SIGNING_KEY, the key with which the server signs heads.');
  const heads = parseSignedHeads(readFileSync(file, 'utf8'));
  const signed = heads.filter((head) => isSignedBy(head, key));
  if (signed.length < heads.length) {
    say(`${heads.length - signed.length} heads in ${file} have a different signature and are ignored.`);
  }
  const newest = signed.toSorted((one, other) => one.seq - other.seq).at(-1);
  if (!newest) throw new UsageError(`${file} contains no signed head.`);
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
      `Entry ${expected?.seq} can't be compared: entries up to ${seq} were deleted by AUDIT_DAYS. Pass a newer SEQ:HASH.`,
    );
    return 2;
  }
  const { entries, first, last } = verdict;
  if (first === null) say('The audit log is empty.');
  else {
    const span = `from ${first.at.toISOString()} to ${last.at?.toISOString()}`;
    say(`${entries} entries, ${first.seq} to ${last.seq}, ${span}: the hash chain is intact.`);
  }
  if (first !== null && first.seq > 1)
    say(`The ${first.seq - 1} entries before them were deleted by AUDIT_DAYS.`);
  if (expected) say(`Entry ${expected.seq} matches the expected hash.`);
  say(`Keep elsewhere, for --expect: ${last.seq}:${last.hash}`);
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
    error instanceof UsageError ||
    error instanceof StartupError ||
    systemCode(error)?.startsWith('ERR_PARSE_ARGS') === true;
  const reason = error instanceof MongoError ? `MongoDB is unavailable (${reasonOf(error)}).` : null;
  const text = error instanceof Error ? (isExpected ? error.message : error.stack) : String(error);
  process.stderr.write(`audit:verify: ${reason ?? text}\n`);
  process.exitCode = 2;
}
