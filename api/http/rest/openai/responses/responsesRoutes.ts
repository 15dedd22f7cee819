import { z } from 'zod';
import type { Viewer } from '../../../../access/viewer.ts';
import { badInput, Failure } from '../../../../errors/failures.ts';
import type { StoredAnswer } from '../../../../generations/request/storedAnswer.ts';
import type { Generations } from '../../../../generations/service.ts';
import { endpoint, json } from '../../endpoint.ts';
import type { Route } from '../../routes.ts';
import { type InputItem, inputItem, inputItemsOf } from './responsesItems.ts';
import { generationIdOf } from './responsesRequests.ts';
import { responsesResponse, storedDocumentOf } from './responsesShape.ts';
import { fieldsOf, rulesOf } from './storedResponses.ts';

const parameter = 'The id of a stored response.';

const included = z.array(z.string().max(100)).max(20).optional().describe('Has no effect.');

const maxPageSize = 100;

const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(maxPageSize).default(20).describe('Maximum items, 1 to 100.'),
  order: z.enum(['asc', 'desc']).default('desc').describe('Oldest or newest first.'),
  after: z.string().max(200).optional().describe('The id of the last item of the page before.'),
  include: included,
  'include[]': included,
});

const itemList = z.object({
  object: z.literal('list'),
  data: z.array(inputItem),
  first_id: z.string().nullable(),
  last_id: z.string().nullable(),
  has_more: z.boolean(),
});

const deleted = z.object({ id: z.string(), object: z.literal('response'), deleted: z.literal(true) });

/** The routes of stored responses. Each is an answer in a conversation of the caller. */
export const storedResponseRoutes = (
  generations: Pick<Generations, 'storedAnswer' | 'deleteAnswer'>,
): readonly Route[] => {
  const find = (viewer: Viewer, id: string): Promise<StoredAnswer> =>
    named(id, (generationId) => generations.storedAnswer(viewer, generationId));

  return [
    endpoint({
      method: 'GET',
      path: '/v1/responses/{response}',
      id: 'getResponse',
      tag: 'OpenAI',
      summary: 'Read a stored response.',
      parameter,
      query: z.object({
        include: included,
        'include[]': included,
        stream: z.literal('false', { error: 'can only be false here' }).optional(),
      }),
      answer: json('The response, finished or not.', responsesResponse),
      errors: [404],
      async handle({ viewer, parameter: id }) {
        const answer = await find(viewer, id);
        const fields = fieldsOf(answer);
        return storedDocumentOf(answer, fields, rulesOf(fields));
      },
    }),
    endpoint({
      method: 'GET',
      path: '/v1/responses/{response}/input_items',
      id: 'listResponseInputItems',
      tag: 'OpenAI',
      summary: 'List what the model of a stored response got, earlier turns included.',
      parameter,
      query: listQuery,
      answer: json('A page of items.', itemList),
      errors: [404],
      async handle({ viewer, parameter: id, query: { limit, order, after } }) {
        const answer = await find(viewer, id);
        const items = inputItemsOf(answer.generation.id, answer.input);
        return pageOf(order === 'asc' ? items : items.toReversed(), after, limit);
      },
    }),
    endpoint({
      method: 'DELETE',
      path: '/v1/responses/{response}',
      id: 'deleteResponse',
      tag: 'OpenAI',
      summary: 'Delete a stored response with its turn of the conversation.',
      description: 'Only the last response of a conversation can be deleted.',
      parameter,
      answer: json('The response is deleted.', deleted),
      errors: [403, 404, 409],
      async handle({ viewer, parameter: id }) {
        await named(id, (generationId) => generations.deleteAnswer(viewer, generationId));
        return { id, object: 'response' as const, deleted: true as const };
      },
    }),
  ];
};

/** Calls `act` with the id of a response's generation. Throws `NOT_FOUND` in OpenAI's words. */
const named = async <Result>(id: string, act: (generationId: string) => Promise<Result>): Promise<Result> => {
  const missing = () => new Failure('NOT_FOUND', `Response with id '${id.slice(0, 80)}' not found.`);
  const generationId = generationIdOf(id);
  if (generationId === null) throw missing();
  try {
    return await act(generationId);
  } catch (error) {
    throw error instanceof Failure && error.code === 'NOT_FOUND' ? missing() : error;
  }
};

const pageOf = (
  items: readonly InputItem[],
  after: string | undefined,
  limit: number,
): z.infer<typeof itemList> => {
  const start = after === undefined ? 0 : items.findIndex(({ id }) => id === after) + 1;
  if (after !== undefined && start === 0) {
    throw badInput('after', `after is no item of this response. Send the last_id of the page before.`);
  }
  const data = items.slice(start, start + limit);
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: start + limit < items.length,
  };
};
