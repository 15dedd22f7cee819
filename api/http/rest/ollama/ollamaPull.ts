import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { PullStep } from '../../../engine/engine.ts';
import { Failure, type FailureCode, httpStatusOf } from '../../../errors/failures.ts';
import { hasEnded, type Pull } from '../../../models/pull.ts';
import type { Pulls } from '../../../models/pulls.ts';
import { sendJson, toFailure } from '../../responses/json.ts';
import type { Exchange } from '../../server/exchange.ts';
import { maxModelName, only } from '../completionFields.ts';
import { whileConnected } from '../completions.ts';
import { endpoint } from '../endpoint.ts';
import type { Route } from '../routes.ts';
import { linesOf } from './ollamaCompletions.ts';
import { lineOf } from './ollamaResponses.ts';

const name = z.string().max(maxModelName).nullish();

/** A model's name, which older clients send as `name`. The CLI sends both, one of them empty. */
export const nameFields = {
  model: name.meta({ examples: ['llama3.2'] }),
  name: name.describe('The older name of `model`.'),
};

interface Named {
  readonly model?: string | null | undefined;
  readonly name?: string | null | undefined;
}

export const nameOf = ({ model, name }: Named): string => model || name || '';

export const hasName = (named: Named): boolean => nameOf(named) !== '';

export const missingName = { path: ['model'], error: 'is missing' };

const pullRequest = z
  .object({
    ...nameFields,
    stream: z
      .boolean()
      .nullish()
      .meta({ default: true })
      .transform((stream) => stream ?? true),
    insecure: only(false, 'is not supported here: models come from registries with TLS only'),
  })
  .refine(hasName, missingName);

const pullProgress = z.object({
  status: z.string(),
  digest: z
    .string()
    .optional()
    .describe('Identifies the download to a progress bar; not a digest of content.'),
  total: z.int().optional().describe('In bytes.'),
  completed: z.int().optional().describe('In bytes.'),
});

/** `/api/pull`: a pull like any other, which goes on when its client disconnects. */
export const pullRoute = (pulls: Pick<Pulls, 'start' | 'watch'>): Route =>
  endpoint({
    method: 'POST',
    path: '/api/pull',
    id: 'ollamaPull',
    tag: 'Ollama',
    summary: 'Pull a model, for administrators.',
    description: 'A stream of the progress by default. The pull goes on when the connection is closed.',
    body: { schema: pullRequest, limit: bodyLimit },
    answer: linesOf(pullProgress),
    errors: [403, 404, 502, 503, 504],
    async handle({ exchange, viewer, body }) {
      const signal = whileConnected(exchange.response);
      await exchange.destroyOnAccessEnd();
      await exchange.openStream();
      const { id } = await pulls.start(viewer, { name: nameOf(body), backend: null });
      const states = pulls.watch(viewer, id, signal);
      try {
        await (body.stream ? sendLines(exchange, states) : sendEnd(exchange, states));
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
  });

/** Bytes; the requests here have a few fields. */
export const bodyLimit = 16_384;

const sendEnd = async (exchange: Exchange, states: AsyncIterable<Pull>): Promise<void> => {
  for await (const state of states) {
    if (!hasEnded(state)) continue;
    const failure = failureOf(state);
    if (failure) throw failure;
  }
  sendJson(exchange, 200, { status: 'success' });
};

const sendLines = async (exchange: Exchange, states: AsyncIterable<Pull>): Promise<void> => {
  const { response } = exchange;
  response.writeHead(200, {
    'Content-Type': 'application/x-ndjson',
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
  });
  response.flushHeaders();
  try {
    for await (const state of states) {
      // A slow reader misses lines: each has the whole progress.
      if (!response.writableNeedDrain)
        for (const step of state.steps) response.write(lineOf(progressOf(state, step)));
      if (!hasEnded(state)) continue;
      const failure = failureOf(state);
      response.end(lineOf(failure ? { error: failure.message } : { status: 'success' }));
    }
  } catch (error) {
    if (response.destroyed) throw error;
    response.end(lineOf({ error: toFailure(exchange, error).message }));
  }
};

const progressOf = ({ model }: Pull, step: PullStep): z.infer<typeof pullProgress> => {
  const { backend, message, receivedBytes, totalBytes } = step;
  const status = backend === null ? message : `${backend}: ${message}`;
  if (totalBytes === null) return { status };
  const digest = createHash('sha256').update(`${model} ${backend}`).digest('hex');
  return { status, digest: `sha256:${digest}`, total: totalBytes, completed: receivedBytes ?? 0 };
};

const failureOf = ({ status, error }: Pull): Failure | null => {
  if (status === 'CANCELLED')
    return new Failure('CONFLICT', 'An administrator cancelled the pull. Start it again.');
  if (!error) return null;
  const isKnown = (code: string): code is FailureCode => code in httpStatusOf;
  return new Failure(isKnown(error.code) ? error.code : 'INTERNAL', error.message);
};
