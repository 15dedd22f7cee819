import { engineFailed, type Failure } from '../../errors/failures.ts';
import { OllamaError } from './failure.ollama.ts';

/** Maximum characters of a line. A line with one token has a few hundred. */
export const maxLineLength = 1 << 20;

/**
 * Creates a filter that passes complete, valid lines of Ollama's stream on. It ends the stream at a line that is not JSON
 * (the npm client would print and skip it, which leaves a gap in the answer), at a line with an error, and if it ends before
 * `done` (a pull: before `success`). `onBroken` gets the reason. The reader gets a last line with an error, because an error
 * of the stream would discard lines that weren't read yet.
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
      if (checked instanceof Error) return fail(checked, controller);
      send(line, controller);
      isDone = isLastLine(checked);
    }
    return true;
  };
  const fail = (error: Error, controller: Controller): false => {
    onBroken(error);
    send(JSON.stringify({ error: error.message }), controller);
    return false;
  };
  return new TransformStream({
    transform(chunk, controller) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      const isValid = pass(lines, controller);
      if (!isValid) controller.terminate();
      else if (rest.length > maxLineLength) {
        fail(engineFailed('Ollama sent a line that is too long.'), controller);
        controller.terminate();
      }
    },
    flush(controller) {
      const isValid = pass([rest + decoder.decode()], controller);
      if (isValid && !isDone) fail(truncatedAnswer(), controller);
    },
  });
}

/** The failure of a stream that ends before its last line. */
export const truncatedAnswer = (): Failure => engineFailed('Ollama ended the answer before it was done.');

const isLastLine = (line: object): boolean =>
  ('done' in line && line.done === true) || ('status' in line && line.status === 'success');

/** Parses a line. Returns the error if it is invalid or reports one. */
export function checkLine(line: string): object | Error {
  const parsed = parse(line);
  if (parsed === null) return engineFailed('Ollama sent a broken line in the middle of the answer.');
  if ('error' in parsed) {
    const status = 'status' in parsed && typeof parsed.status === 'number' ? parsed.status : 500;
    return new OllamaError(status, String(parsed.error));
  }
  return parsed;
}

function parse(line: string): object | null {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === 'object' ? parsed : null;
  } catch {
    return null;
  }
}
