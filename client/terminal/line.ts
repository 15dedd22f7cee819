import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Streams } from './streams.ts';

/** Lines that arrive within this time of each other are one pasted text, in ms. */
const pasteMs = 30;

/** The input line. It reads keys all the time, so that Ctrl-C works while an answer streams. */
export interface Line {
  /** Resolves to the typed text, which has several lines if it was pasted; null at the end of input (Ctrl-D). */
  ask(prompt: string): Promise<string | null>;
  /** Like `ask`, without echo. */
  askSecretly(prompt: string): Promise<string | null>;
  /** The action on Ctrl-C. */
  onInterrupt(listener: () => void): void;
  /** Clears the typed text. Returns false if there was none. */
  clear(): boolean;
  close(): void;
}

export const openLine = ({ input, output }: Streams): Line => {
  let isShown = false;
  const shown = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (isShown) output.write(chunk);
      // Not queued: the echo is decided when a key arrives, not when it is processed.
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
    // Text typed while no question was open is no answer to the next one.
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
