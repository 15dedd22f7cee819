import type { Viewer } from '../../../../access/viewer.ts';
import type { EngineMessage } from '../../../../engine/engine.ts';
import { badInput, Failure } from '../../../../errors/failures.ts';
import { isFinal } from '../../../../generations/generation.ts';
import { answerInProgress } from '../../../../generations/request/startedAnswer.ts';
import type { StoredAnswer, StoreRequest } from '../../../../generations/request/storedAnswer.ts';
import type { Generations } from '../../../../generations/service.ts';
import { maxToolCalls } from '../../completionFields.ts';
import { parseObject } from '../openaiMessages.ts';
import { type Item, inputMessages, type Reference } from './responsesInput.ts';
import { type CallRules, callIdOf, callsOf, type OutputItem, outputOf } from './responsesItems.ts';
import { generationIdOf, type ResponsesRequest, toolPolicyOfResponses } from './responsesRequests.ts';
import { type EchoedFields, echoedFields } from './responsesShape.ts';

/** Maximum responses whose items one request refers to. */
const maxReferredResponses = 100;
/** Maximum characters of a stored input, as JSON: stores limit the size of a row. */
const maxKeptLength = 4 * 1024 * 1024;

type Stored = Pick<Generations, 'storedAnswer'>;

/** The fields of the request of a stored response; those of an answer of the web app are the defaults. */
export const fieldsOf = ({ kept, generation }: StoredAnswer): EchoedFields =>
  (kept?.fields as EchoedFields | undefined) ?? {
    instructions: generation.systemPrompt,
    temperature: generation.options.temperature,
    top_p: generation.options.topP,
    max_output_tokens: generation.options.maxTokens,
  };

/** Returns the rules by which a response's text is read as tool calls. */
export const rulesOf = (
  fields: Pick<EchoedFields, 'tools' | 'tool_choice' | 'parallel_tool_calls'>,
): CallRules => {
  const { tools, isForced } = toolPolicyOfResponses(fields);
  return {
    forced: isForced ? tools : null,
    maxCalls: fields.parallel_tool_calls === false ? 1 : maxToolCalls,
  };
};

/** The input of a request, with everything that it refers to. */
export interface ResolvedInput {
  /** Oldest first, without the instructions. */
  readonly messages: readonly EngineMessage[];
  /** Null: nothing is stored. */
  readonly store: StoreRequest | null;
}

/**
 * Reads the response and the items that a request refers to. Throws `BAD_USER_INPUT` that names what isn't found, and for
 * `store: true` if the input is too large to be stored; `CONFLICT` if the previous response is in progress.
 */
export const resolveInput = async (
  generations: Stored,
  viewer: Viewer,
  request: ResponsesRequest,
): Promise<ResolvedInput> => {
  const { previous_response_id: previousId, input } = request;
  const id = previousId ? generationIdOf(previousId) : null;
  const previous = id === null ? null : await find(generations, viewer, id);
  if (previousId && !previous) {
    throw badInput(
      'previous_response_id',
      `Previous response with id '${previousId}' not found. It may be deleted, or it was not stored.`,
    );
  }
  // Else a request that isn't stored would get half of the answer.
  if (previous && !isFinal(previous.generation.status)) throw answerInProgress();
  const { items, names: referredNames } = await withoutReferences(generations, viewer, input);
  const names = new Map([...(previous ? callNamesOf(previous) : []), ...referredNames]);
  const given = inputMessages(items, names);
  const messages = [...(previous ? [...previous.input, messageOf(previous)] : []), ...given];
  return { messages, store: storeOf(request, id, given, messages) };
};

/** Null if the caller has no such response. */
const find = async (generations: Stored, viewer: Viewer, id: string): Promise<StoredAnswer | null> => {
  try {
    return await generations.storedAnswer(viewer, id);
  } catch (error) {
    if (error instanceof Failure && error.code === 'NOT_FOUND') return null;
    throw error;
  }
};

const storeOf = (
  request: ResponsesRequest,
  previousId: string | null,
  given: readonly EngineMessage[],
  messages: readonly EngineMessage[],
): StoreRequest | null => {
  if (request.store === false) return null;
  const kept = { input: messages, fields: { ...echoedFields(request) } };
  if (JSON.stringify(kept).length > maxKeptLength) {
    if (request.store !== true) return null;
    throw badInput('store', 'The input is larger than 4 MiB, so it can’t be stored. Set store to false.');
  }
  return { previousId, question: questionOf(given), systemPrompt: request.instructions || null, kept };
};

/** Returns the text that the conversation shows as the user's message. */
const questionOf = (given: readonly EngineMessage[]): string => {
  const last = given.findLast(({ role }) => role === 'user' || role === 'tool');
  if (!last) return '…';
  if (last.role === 'tool') return `Result of ${last.toolName || 'a tool'}: ${last.content}`;
  return last.content.trim() === '' && last.images?.length ? '[image]' : last.content;
};

/** Returns the message of the model that an answer is. */
const messageOf = (answer: StoredAnswer): EngineMessage => {
  const rules = rulesOf(fieldsOf(answer));
  const toolCalls = callsOf(answer.text, answer.generation, rules).map(({ name, arguments: given }) => ({
    name,
    arguments: parseObject(given) ?? {},
  }));
  return {
    role: 'assistant',
    content: rules.forced ? '' : answer.text,
    ...(toolCalls.length > 0 && { toolCalls }),
  };
};

const callNamesOf = (answer: StoredAnswer): (readonly [callId: string, name: string])[] =>
  callsOf(answer.text, answer.generation, rulesOf(fieldsOf(answer))).map(
    ({ name }, index) => [callIdOf(answer.generation.id, index), name] as const,
  );

const itemId = /^(?:rs|msg|fc)_([0-9A-Z]{26})(?:_\d+)?$/;

const isReference = (item: Item): item is Reference => 'type' in item && item.type === 'item_reference';

/** Replaces references by the items of stored responses. */
const withoutReferences = async (
  generations: Stored,
  viewer: Viewer,
  input: string | readonly Item[],
): Promise<{
  readonly items: string | readonly Item[];
  /** The names of the tools of the referred responses' calls, by call id. */
  readonly names: readonly (readonly [callId: string, name: string])[];
}> => {
  if (typeof input === 'string') return { items: input, names: [] };
  const referred = input.flatMap((item) => (isReference(item) ? [itemId.exec(item.id)?.[1] ?? ''] : []));
  const ids = [...new Set(referred)].filter((id) => id !== '');
  if (ids.length > maxReferredResponses) {
    throw badInput(
      'input',
      `input refers to items of ${ids.length} responses; it may refer to ${maxReferredResponses} at most. Use previous_response_id.`,
    );
  }
  // Only the output of each is held: its input may be 4 MiB.
  const outputs = new Map<string, readonly OutputItem[]>();
  const names: (readonly [callId: string, name: string])[] = [];
  for (const id of ids) {
    const answer = await find(generations, viewer, id);
    if (!answer) continue;
    outputs.set(id, outputOf(answer, rulesOf(fieldsOf(answer))));
    names.push(...callNamesOf(answer));
  }
  const items = input.map((item, index): Item => {
    if (!isReference(item)) return item;
    const output = outputs.get(itemId.exec(item.id)?.[1] ?? '');
    const found = output?.find((each) => each.id === item.id);
    if (found) return found;
    const hint = 'It may be deleted, or it was not stored. Send the item itself, and set store to false.';
    throw badInput(`input[${index}].id`, `Item with id '${item.id}' not found. ${hint}`);
  });
  return { items, names };
};
