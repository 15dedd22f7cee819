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

/** `npm run audit:verify`: verifies the chain of the audit log. Exits with 1 if it is broken, with 2 if it can't be verified. */

const usage = `npm run audit:verify [-- --expect SEQ:HASH] [--heads FILE]
Verifies every entry of the audit log in the store that MONGODB_URL or DATA_DIR (.data) names, also while the service runs,
and prints the number and hash of the last entry. Keep them elsewhere: only --expect with such a note detects that entries
were removed from the end, or that the whole chain was rewritten. --heads does the same with the signed heads in a log file
that is kept elsewhere; AUDIT_SIGNING_KEY verifies their signatures.`;

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
  if (seq === undefined)
    throw new Unusable(`--expect ${text} is not a valid note of an entry. Use SEQ:HASH.`);
  return { seq: Number(seq), hash: hash.toLowerCase() };
};

/**
 * Returns the newest head in the log with a valid signature. Its hash covers all earlier entries.
 *
 * @throws Unusable
 */
const newestHeadOf = (file: string): ChainLink => {
  const key = parseSigningKey(readEnvironment().AUDIT_SIGNING_KEY ?? '');
  if (key === null)
    throw new Unusable('--heads needs AUDIT_SIGNING_KEY, the signing key of the server. Set it.');
  const heads = parseSignedHeads(readFileSync(file, 'utf8'));
  const signed = heads.filter((head) => isSignedBy(head, key));
  if (signed.length < heads.length) {
    say(`${heads.length - signed.length} heads in ${file} have an invalid signature and are ignored.`);
  }
  const newest = signed.toSorted((one, other) => one.seq - other.seq).at(-1);
  if (!newest) throw new Unusable(`${file} has no signed head. Use a log of this server.`);
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
      `Entry ${expected?.seq} can't be compared: entries up to ${seq} were dropped by AUDIT_DAYS. Use a newer note.`,
    );
    return 2;
  }
  const { entries, first, last } = verdict;
  if (first === null) say('The audit log has no entries yet.');
  else {
    const span = `from ${first.at.toISOString()} to ${last.at?.toISOString()}`;
    say(`${entries} entries, ${first.seq} to ${last.seq}, ${span}: the chain is intact.`);
  }
  if (first !== null && first.seq > 1) say(`${first.seq - 1} earlier entries were dropped by AUDIT_DAYS.`);
  if (expected) say(`Entry ${expected.seq} matches the note.`);
  say(`Keep elsewhere: ${last.seq}:${last.hash}`);
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
  const reason = error instanceof MongoError ? `MongoDB can't be used (${reasonOf(error)}).` : null;
  const text = error instanceof Error ? (isExpected ? error.message : error.stack) : String(error);
  process.stderr.write(`audit:verify: ${reason ?? text}\n`);
  process.exitCode = 2;
}
