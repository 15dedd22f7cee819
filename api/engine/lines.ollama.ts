import { engineFailed } from '../failures.ts';
import { OllamaRefusal } from './failure.ollama.ts';

/** Characters of one line: a token and its numbers have some hundred. */
const longestLine = 1 << 20;

/**
 * Passes on Ollama's stream in whole, sound lines, and fails where it isn't one: on a line that is not JSON (the npm
 * client would print and skip it, and the answer would have a hole), on one that is an error, and on an end before
 * `done`.
 */
export function checkedLines(): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let rest = '';
  let isDone = false;

  const pass = (line: string, controller: TransformStreamDefaultController<Uint8Array>) => {
    if (line.trim() === '') return;
    isDone = checkLine(line);
    controller.enqueue(encoder.encode(`${line}\n`));
  };
  return new TransformStream({
    transform(piece, controller) {
      const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) pass(line, controller);
      if (rest.length > longestLine) throw engineFailed('Ollama sent a line without an end.');
    },
    flush(controller) {
      pass(rest + decoder.decode(), controller);
      if (!isDone) throw engineFailed('Ollama ended the answer before it was done.');
    },
  });
}

/** Whether it is the last line. Throws where it is none that belongs into a stream. */
function checkLine(line: string): boolean {
  const parsed = parse(line);
  if ('error' in parsed) {
    const status = 'status' in parsed && typeof parsed.status === 'number' ? parsed.status : 500;
    throw new OllamaRefusal(status, String(parsed.error));
  }
  return 'done' in parsed && parsed.done === true;
}

function parse(line: string): object {
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch {
    // Reported below.
  }
  throw engineFailed('Ollama sent a broken line in the middle of the answer.');
}
