import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { json, type StandinScript } from './standinChat.ollama.ts';

/** The length of the stand-in's vectors. */
const size = 8;
const contextLength = 2_048;
/** The Euclidean length of the vectors that Ollama's older path doesn't normalize. */
export const rawLength = 3;

/**
 * Answers a request for embeddings, of `/api/embed` or the older `/api/embeddings`, by the script: texts get different vectors; a
 * word counts as a token.
 */
export async function performEmbed(
  { fault, embedMs = 0 }: StandinScript,
  body: Readonly<Record<string, unknown>>,
  response: ServerResponse,
): Promise<void> {
  const { model, prompt, input = prompt, dimensions = size, truncate = prompt === undefined } = body;
  if (fault?.kind === 'status') return json(response, fault.status, fault.body);
  if (fault?.kind === 'silence') {
    response.flushHeaders();
    await once(response, 'close');
    return;
  }
  if (fault?.kind === 'reset') {
    response.destroy();
    return;
  }
  const texts = (Array.isArray(input) ? input : [input]).map(String);
  const counts = texts.map((text) => text.split(/\s+/).length);
  if (truncate === false && counts.some((count) => count > contextLength)) {
    return json(response, 400, { error: 'the input length exceeds the context length' });
  }
  await sleep(embedMs);
  if (body.prompt !== undefined) {
    const embedding = vectorOf(texts[0] ?? '', size).map((value) => value * rawLength);
    return json(response, 200, { embedding });
  }
  json(response, 200, {
    model,
    embeddings: texts.map((text) => vectorOf(text, Math.min(Number(dimensions), size))),
    prompt_eval_count: counts.reduce((sum, count) => sum + count, 0),
  });
}

function vectorOf(text: string, length: number): readonly number[] {
  const values = Array.from({ length }, (_, index) =>
    Math.sin((text.charCodeAt(0) + text.length) * (index + 1)),
  );
  const norm = Math.hypot(...values);
  return values.map((value) => value / norm);
}
