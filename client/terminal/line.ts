import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Streams } from './streams.ts';

/** Lines that come closer together than this are one text that was pasted, in milliseconds. */
const pasteMs = 30;

/** The line that a person types on. It takes keys all the time, so that Ctrl-C is heard while an answer streams. */
export interface Line {
  /** Resolves to what was typed, several lines where they were pasted; null when there is no more to come (Ctrl-D). */
  ask(prompt: string): Promise<string | null>;
  /** As `ask`, without showing what is typed. */
  askSecretly(prompt: string): Promise<string | null>;
  /** What Ctrl-C does. */
  onInterrupt(listener: () => void): void;
  /** Forgets what is typed; false where nothing is. */
  clear(): boolean;
  close(): void;
}

export const openLine = ({ input, output }: Streams): Line => {
  let isShown = false;
  const shown = new Writable({
    write(piece: Buffer, _encoding, done) {
      if (isShown) output.write(piece);
      // Without waiting: what is shown is decided when it is written, not when its turn has come.
      done();
    },
  });
  const readline: Interface = createInterface({ input, output: shown, terminal: true, historySize: 200 });
  let interrupt = () => {};
  let isClosed = false;
  let give: ((text: string | null) => void) | null = null;
  let lines: string[] = [];
  let pasting: NodeJS.Timeout | undefined;

  const finish = (text: string | null) => {
    clearTimeout(pasting);
    const told = give;
    give = null;
    lines = [];
    isShown = false;
    told?.(text);
  };
  readline.on('line', (line) => {
    // What is typed while nothing was asked is no answer to the next question.
    if (!give) return;
    lines.push(line);
    clearTimeout(pasting);
    pasting = setTimeout(() => finish(lines.join('\n')), pasteMs);
  });
  readline.on('SIGINT', () => interrupt());
  readline.on('close', () => {
    isClosed = true;
    if (give) output.write('\n');
    finish(lines.length > 0 ? lines.join('\n') : null);
  });

  const clear = (): boolean => {
    if (readline.line === '') return false;
    readline.write(null, { ctrl: true, name: 'e' });
    readline.write(null, { ctrl: true, name: 'u' });
    return true;
  };
  const ask = (prompt: string, isSecret: boolean): Promise<string | null> => {
    const { promise, resolve } = Promise.withResolvers<string | null>();
    if (isClosed) resolve(null);
    else {
      clear();
      isShown = true;
      give = resolve;
      readline.setPrompt(prompt);
      readline.prompt();
      isShown = !isSecret;
    }
    return promise;
  };

  return {
    ask: (prompt) => ask(prompt, false),
    async askSecretly(prompt) {
      const text = await ask(prompt, true);
      output.write('\n');
      return text;
    },
    onInterrupt(listener) {
      interrupt = listener;
    },
    clear,
    close: () => readline.close(),
  };
};
