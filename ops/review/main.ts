import { setTimeout as wait } from 'node:timers/promises';
import { type Client, createClient, signIn, ZiggieError } from '../../client/public.ts';
import { diffSince, type FileDiff, filesOf, readAll } from './diff.ts';
import { type Options, readOptions, UsageError, usage } from './options.ts';
import { type Finding, formatted, type Report } from './report.ts';

/** `npm run review`: reviews the changes of a branch. Exits with 1 for bad findings, with 2 if it could not review. */

const say = (line: string) => process.stderr.write(`${line}\n`);

const connect = async ({ url, token, user, password }: Options): Promise<Client> => {
  if (token !== null) return createClient({ url, token });
  if (user === null || password === null) {
    throw new UsageError('Not signed in. Set ZIGGIE_TOKEN, or ZIGGIE_USER and ZIGGIE_PASSWORD.');
  }
  return createClient({ url, token: (await signIn({ url, username: user, password })).token });
};

/** Waits for the rate limit before a file fails. Each wait is as long as the server says, at most `maxWaitS`. */
const maxWaits = 10;
const maxWaitS = 60;

/** Runs `ask`, and again after a wait while the user's rate or running limit is reached. */
const withinLimits = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
  for (let waits = 0; ; waits += 1) {
    try {
      return await ask();
    } catch (error) {
      const isLimited = error instanceof ZiggieError && error.code === 'RATE_LIMITED';
      if (!isLimited || waits === maxWaits) throw error;
      const seconds = Math.min(maxWaitS, error.retryAfter ?? 1);
      say(`The rate limit is reached. Waiting ${seconds} s.`);
      await wait(seconds * 1000);
    }
  }
};

/** Reviews the files one after the other: each run uses several slots of the engine by itself. */
const review = async (client: Client, files: readonly FileDiff[], options: Options): Promise<Report> => {
  const { preset: name, focus, model } = options;
  const findings: Finding[] = [];
  const summary: string[] = [];
  const failures: { file: string; reason: string }[] = [];
  for (const [index, { file, diff }] of files.entries()) {
    say(`Reviewing ${index + 1} of ${files.length}: ${file}`);
    try {
      const { codeReview } = await withinLimits(() =>
        client.runPreset({
          name,
          variables: { diff, ...(focus !== null && { focus }) },
          ...(model !== null && { model }),
        }),
      );
      if (!codeReview) throw new UsageError(`The preset ${name} does not have the workflow CODE_REVIEW.`);
      findings.push(...codeReview.findings);
      summary.push(`${file}: ${codeReview.summary.replaceAll('\n', ' ')}`);
    } catch (error) {
      // These would fail for each file. Others, such as a file that is too long, concern one file.
      const isFatal = !(
        error instanceof ZiggieError &&
        ['BAD_USER_INPUT', 'OUTPUT_INVALID', 'PROMPT_TOO_LARGE', 'ENGINE_TIMEOUT'].includes(error.code)
      );
      if (isFatal) throw error;
      failures.push({ file, reason: error.message });
    }
  }
  return { findings, summary, failures };
};

const main = async (): Promise<number> => {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === null) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const diff = options.stdin ? await readAll(process.stdin) : await diffSince(options.base, process.cwd());
  const files = filesOf(diff);
  if (files.length === 0) say('No lines were added, so there is nothing to review.');
  const client = await connect(options);
  try {
    const report = await review(client, files, options);
    process.stdout.write(`${formatted(report, options.format)}\n`);
    for (const { file, reason } of report.failures) say(`Not reviewed: ${file}: ${reason}`);
    if (report.findings.some(({ severity }) => options.failing.includes(severity))) return 1;
    return report.failures.length > 0 ? 2 : 0;
  } finally {
    client.close();
  }
};

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError || error instanceof ZiggieError)) throw error;
  say(error.message);
  process.exitCode = 2;
}
