import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

/** The pull of a stand-in: its number of steps, their rate (0: unlimited), and a fault after them. */
export interface PullScript {
  readonly steps?: number;
  readonly stepsPerSecond?: number;
  readonly fault?: 'unknown' | 'error line' | 'silence';
  /** How long it verifies the download, in ms. */
  readonly verifyMs?: number;
}

/** Performs a pull. Resolves to whether it succeeded. */
export async function performPull(
  { steps = 2, stepsPerSecond = 0, fault, verifyMs = 0 }: PullScript,
  name: string,
  response: ServerResponse,
): Promise<boolean> {
  const disconnected = new AbortController();
  response.on('close', () => disconnected.abort());
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const send = (line: object) => response.write(`${JSON.stringify(line)}\n`);
  send({ status: 'pulling manifest' });
  if (fault === 'unknown') {
    response.end(`${JSON.stringify({ error: 'pull model manifest: file does not exist' })}\n`);
    return false;
  }
  const [digest, total] = [`sha256:${name}`, 1000 * steps];
  for (let step = 1; step <= steps; step += 1) {
    if (stepsPerSecond > 0) await wait(1000 / stepsPerSecond, undefined, { signal: disconnected.signal });
    send({ status: 'pulling part', digest, total, completed: 1000 * step });
  }
  if (fault === 'error line') response.end(`${JSON.stringify({ error: 'no space left on device' })}\n`);
  else if (fault === 'silence') await once(disconnected.signal, 'abort');
  else {
    if (verifyMs > 0) {
      send({ status: 'verifying sha256 digest' });
      await wait(verifyMs, undefined, { signal: disconnected.signal });
    }
    send({ status: 'success' });
    response.end();
    return true;
  }
  return false;
}
