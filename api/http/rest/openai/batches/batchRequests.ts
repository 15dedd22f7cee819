import { z } from 'zod';
import { maxOpenAIBatchMs, type OpenAIEndpoint, openaiEndpoints } from '../../../../batches/batch.ts';
import { collectInputs } from '../../../../batches/inputs/collect.ts';
import { checkedInputs, type Entry, linesOf, objectOf } from '../../../../batches/inputs/parse.ts';
import type { AvailableTokens, PreparedBatch } from '../../../../batches/service.ts';
import { estimateTextTokens } from '../../../../engine/estimate.ts';
import { badInput, Failure } from '../../../../errors/failures.ts';
import type { Models } from '../../../../models/service.ts';
import { validate } from '../../validate.ts';
import { type ChatCompletionRequest, chatCompletionRequest } from '../openaiRequests.ts';
import { metadata } from './batchShapes.ts';

export const createBatchRequest = z.object({
  input_file_id: z.string().max(100).describe('The id of an uploaded file.'),
  endpoint: z.enum(openaiEndpoints),
  completion_window: z.literal('24h').describe('A batch that has not ended by then expires.'),
  metadata,
});

const requestLine = z.object({
  custom_id: z.string(),
  method: z.literal('POST'),
  url: z.string(),
  body: z.unknown(),
});

/** The tokens that are estimated for an answer without a maximum. */
const estimatedAnswer = 400;

export interface BatchFileRequest {
  readonly fileId: string;
  readonly text: string;
  readonly endpoint: OpenAIEndpoint;
  readonly metadata: Readonly<Record<string, string>> | null;
}

/** Checks all requests of a file, and estimates their tokens. Throws `BAD_USER_INPUT` that names the line. */
export const prepareRequests = async (
  models: Pick<Models, 'choose'>,
  { fileId, text, endpoint, metadata: given }: BatchFileRequest,
  { tokens }: AvailableTokens,
): Promise<PreparedBatch> => {
  const chosen = new Map<string, string>();
  let [promptTokens, completionTokens] = [0, 0];
  const parsed = ofFile(checkedInputs(entriesOf(text, endpoint), 'custom_id'));
  const collected = await collectInputs(parsed, async ({ input, place }) => {
    const request = ofLine(place, () => checkRequest(input));
    const name = request.model ?? '';
    if (!chosen.has(name)) {
      const choice = await models.choose(request.model ?? null).catch((error: unknown) => {
        throw atLine(place, error);
      });
      chosen.set(name, choice.model.name);
    }
    promptTokens += estimateTextTokens(JSON.stringify(request.messages));
    const max = request.max_completion_tokens ?? request.max_tokens ?? estimatedAnswer;
    completionTokens += max * (request.n ?? 1);
  });
  return {
    work: { kind: 'OPENAI', endpoint, fileId, metadata: given },
    model: null,
    collected,
    estimate: {
      inputs: collected.inputs.length,
      promptTokens,
      completionTokens,
      // Usually all requests have the same.
      model: [...chosen.values()].at(-1) ?? '',
      modelReason: null,
      availableTokens: tokens,
    },
    maxMs: maxOpenAIBatchMs,
    idempotencyKey: null,
  };
};

/** Throws `BAD_USER_INPUT`. */
export const checkRequest = (body: unknown): ChatCompletionRequest => {
  const request = validate(chatCompletionRequest, body);
  if (request.stream) throw badInput('stream', 'A request of a batch can’t be streamed. Leave stream out.');
  return request;
};

function* entriesOf(text: string, endpoint: OpenAIEndpoint): Generator<Entry, void, undefined> {
  let count = 0;
  for (const { line, number } of linesOf(text)) {
    const place = `Line ${number}`;
    const { custom_id: id, url, body } = ofLine(place, () => validate(requestLine, objectOf(line, number)));
    if (url !== endpoint) {
      throw badInput(
        'input_file_id',
        `${place}: url is ${JSON.stringify(url.slice(0, 80))}; the endpoint of the batch is ${endpoint}.`,
      );
    }
    count += 1;
    yield { place, number: count, id, input: body };
  }
}

/** Names the field of the file in errors of its inputs. */
function* ofFile<Input>(inputs: Iterable<Input>): Generator<Input, void, undefined> {
  try {
    yield* inputs;
  } catch (error) {
    const isInvalid = error instanceof Failure && error.code === 'BAD_USER_INPUT';
    throw isInvalid ? badInput('input_file_id', error.message) : error;
  }
}

const ofLine = <Result>(place: string, check: () => Result): Result => {
  try {
    return check();
  } catch (error) {
    throw atLine(place, error);
  }
};

/** Names the line, unless the message does already. */
const atLine = (place: string, error: unknown): unknown => {
  if (!(error instanceof Failure)) return error;
  const { code, message } = error;
  if (code !== 'BAD_USER_INPUT' && code !== 'MODEL_NOT_FOUND' && code !== 'TOO_COMPLEX') return error;
  return badInput('input_file_id', message.startsWith(place) ? message : `${place}: ${message}`);
};
