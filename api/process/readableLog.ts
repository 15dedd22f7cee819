import { styleText } from 'node:util';

const colours = { fatal: 'red', error: 'red', warn: 'yellow', info: 'green' } as const;

/** Fields that every line has, or that the formatted line shows elsewhere. */
const shown = new Set(['level', 'time', 'service', 'msg', 'err']);

/** Escapes what could control the terminal: names and addresses come from clients. */
const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}]/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`);

const text = (value: unknown): string => printable(typeof value === 'string' ? value : JSON.stringify(value));

/**
 * Formats a JSON line of the server's log for a terminal: time, level, message, then the other fields, and the stack of an
 * error below it. Returns other lines as they are.
 */
export const readableLine = (line: string): string => {
  if (!line.startsWith('{"level":')) return line;
  let entry: Readonly<Record<string, unknown>>;
  try {
    entry = JSON.parse(line);
  } catch {
    return line;
  }
  const { level, time, msg, err } = entry;
  const colour = colours[level as keyof typeof colours] ?? 'gray';
  const fields = Object.entries(entry).flatMap(([name, value]) =>
    shown.has(name) ? [] : [styleText('gray', `${printable(name)}=`) + text(value)],
  );
  const at = new Date(String(time)).toLocaleTimeString('en-GB');
  const stack = (err as { readonly stack?: string } | undefined)?.stack;
  const head = [at, styleText(colour, String(level).padEnd(5)), text(msg ?? ''), ...fields].join(' ');
  return stack ? `${head}\n${stack.split('\n').map(printable).join('\n')}` : head;
};
