import { parseArgs } from 'node:util';

export const usage = `npm run review -- [--base BRANCH] [options]

Reviews the changes since BRANCH (default: main) with the preset code-review, and prints the findings.
With --stdin, reviews the diff on standard input instead: git diff --cached | npm run --silent review -- --stdin

  --base BRANCH      the branch that the changes are compared with (default: main)
  --stdin            reads a unified diff from standard input
  --format FORMAT    text (default), markdown, json, github (annotations), gitlab (a code quality report)
  --fail-on LEVEL    exits with 1 for a finding of this severity or a worse one: critical, high (default), medium,
                     low, never
  --preset NAME      another preset with the workflow CODE_REVIEW (default: code-review)
  --focus TEXT       what to look for
  --model NAME       ZIGGIE_MODEL     (default: the preset's)
  --url URL          ZIGGIE_URL       where the service is (default: http://127.0.0.1:8000)
                     ZIGGIE_TOKEN     an access token or an API key with the scopes READ and CHAT; or both of
                     ZIGGIE_USER and ZIGGIE_PASSWORD

Exits with 2 if the review could not be made.`;

export const formats = ['text', 'markdown', 'json', 'github', 'gitlab'] as const;
export const severities = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'] as const;

export interface Options {
  readonly base: string;
  readonly stdin: boolean;
  readonly format: (typeof formats)[number];
  /** The severities that fail the review. */
  readonly failing: readonly (typeof severities)[number][];
  readonly preset: string;
  readonly focus: string | null;
  readonly model: string | null;
  readonly url: string;
  readonly token: string | null;
  readonly user: string | null;
  readonly password: string | null;
}

/** An invalid command line. The message says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Returns the options; null for `--help`. Throws `UsageError`. */
export const readOptions = (
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Options | null => {
  const values = parse(argv);
  if (values.help) return null;
  const format = formats.find((name) => name === (values.format ?? 'text'));
  if (!format) throw new UsageError(`--format must be one of ${formats.join(', ')}.`);
  return {
    base: values.base ?? 'main',
    stdin: values.stdin ?? false,
    format,
    failing: failingOf(values['fail-on'] ?? 'high'),
    preset: values.preset ?? 'code-review',
    focus: values.focus ?? null,
    model: values.model || env.ZIGGIE_MODEL || null,
    url: values.url || env.ZIGGIE_URL || 'http://127.0.0.1:8000',
    token: env.ZIGGIE_TOKEN?.trim() || null,
    user: env.ZIGGIE_USER || null,
    password: env.ZIGGIE_PASSWORD || null,
  };
};

const failingOf = (level: string): Options['failing'] => {
  if (level === 'never') return [];
  const index = severities.findIndex((severity) => severity.toLowerCase() === level);
  if (index < 0) throw new UsageError('--fail-on must be critical, high, medium, low or never.');
  return severities.slice(0, index + 1);
};

const parse = (argv: readonly string[]) => {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        base: text,
        stdin: { type: 'boolean' },
        format: text,
        'fail-on': text,
        preset: text,
        focus: text,
        model: text,
        url: text,
        help: { type: 'boolean', short: 'h' },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};
