import { parseArgs } from 'node:util';

export const usage = `Chat with a language model of Ziggie LLM.

  ziggie-chat [options]              a conversation; /help in it says what else can be done
  ziggie-chat --once "question"      one question; the answer goes to standard output
  echo "question" | ziggie-chat      the same, with all of standard input as the question

Options, and the variables that stand for them:
  --url URL            ZIGGIE_URL       where the service is (default http://127.0.0.1:8000)
  --user NAME          ZIGGIE_USER      who signs in (default: asks)
                       ZIGGIE_PASSWORD  the password (default: asks)
                       ZIGGIE_TOKEN     an access token or an API key instead of both
  --model NAME         ZIGGIE_MODEL     what answers (default: the service's default)
  --system TEXT                         what the model is told to be
  --conversation ID                     goes on in a conversation
  --once                                asks one question, and leaves
  --help
`;

/** The parsed command line. Null stands for an absent option. */
export interface Arguments {
  readonly url: string;
  readonly token: string | null;
  readonly username: string | null;
  readonly password: string | null;
  readonly model: string | null;
  readonly system: string | null;
  readonly conversationId: string | null;
  readonly once: boolean;
  readonly question: string | null;
  readonly help: boolean;
}

/** An invalid command line. The message says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Parses the command line. Passwords and tokens come only by variables, because every user of the machine can see a command line. Throws `UsageError`. */
export const readArguments = (
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Arguments => {
  const { values, positionals } = parse(argv);
  return {
    url: values.url || env.ZIGGIE_URL || 'http://127.0.0.1:8000',
    token: env.ZIGGIE_TOKEN?.trim() || null,
    username: values.user || env.ZIGGIE_USER || null,
    password: env.ZIGGIE_PASSWORD || null,
    model: values.model || env.ZIGGIE_MODEL || null,
    system: values.system || null,
    conversationId: values.conversation || null,
    once: values.once || positionals.length > 0,
    question: positionals.join(' ') || null,
    help: values.help ?? false,
  };
};

const parse = (argv: readonly string[]) => {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        url: { type: 'string' },
        user: { type: 'string' },
        model: { type: 'string' },
        system: { type: 'string' },
        conversation: { type: 'string' },
        once: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\nSee --help.`, { cause: error });
  }
};
