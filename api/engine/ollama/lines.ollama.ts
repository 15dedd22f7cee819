import { engineFailed } from '../../errors/failures.ts';
import { OllamaError } from './failure.ollama.ts';

/** Characters of one line: a token and its numbers have some hundred. */
const maxLineLength = 1 << 20;

/**
 * Passes on Ollama's stream in whole, sound lines, and breaks it off where it isn't one: at a line that is not JSON (the
 * npm client would print and skip it, and the answer would have a hole), at one that is an error, and at an end before
 * `done` (of a pull, before `success`). `onBroken` is told why. The reader meets it as a last line with an error, and not as an error of the stream,
 * which would throw away what is still to be read before it.
 */
export function checkedLines(onBroken: (error: Error) => void): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let rest = '';
  let isDone = false;

  type Controller = TransformStreamDefaultController<Uint8Array>;
  const send = (line: string, controller: Controller) => controller.enqueue(encoder.encode(`${line}\n`));
  const pass = (lines: readonly string[], controller: Controller): boolean => {
    for (const line of lines) {
      if (line.trim() === '') continue;
      const checked = checkLine(line);
      if (checked instanceof Error) return breakOff(checked, controller);
      send(line, controller);
      isDone = checked;
    }
    return true;
  };
  const breakOff = (error: Error, controller: Controller): false => {
    onBroken(error);
    send(JSON.stringify({ error: error.message }), controller);
    return false;
  };
  return new TransformStream({
    transform(piece, controller) {
      const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      const isSound = pass(lines, controller);
      if (!isSound) controller.terminate();
      else if (rest.length > maxLineLength) {
        breakOff(engineFailed('Ollama sent a line without an end.'), controller);
        controller.terminate();
      }
    },
    flush(controller) {
      const isSound = pass([rest + decoder.decode()], controller);
      if (isSound && !isDone)
        breakOff(engineFailed('Ollama ended the answer before it was done.'), controller);
    },
  });
}

/** Whether it is the last line, or why it is none that belongs into a stream. */
function checkLine(line: string): boolean | Error {
  const parsed = parse(line);
  if (parsed === null) return engineFailed('Ollama sent a broken line in the middle of the answer.');
  if ('error' in parsed) {
    const status = 'status' in parsed && typeof parsed.status === 'number' ? parsed.status : 500;
    return new OllamaError(status, String(parsed.error));
  }
  return ('done' in parsed && parsed.done === true) || ('status' in parsed && parsed.status === 'success');
}

function parse(line: string): object | null {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === 'object' ? parsed : null;
  } catch {
    return null;
  }
}
