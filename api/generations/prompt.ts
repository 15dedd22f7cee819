import type { Conversation, GenerationOptions } from '../conversations/conversation.ts';
import type { Engine, EngineMessage, EngineRole, PromptSize } from '../engine/engine.ts';
import { promptTooLarge, promptTooLong } from '../errors/failures.ts';
import type { Message, MessageRole } from '../messages/message.ts';
import type { MessageStore } from '../messages/store.ts';
import { pageSizeLimit } from '../paging/pages.ts';
import type { ToolCall } from '../tools/toolCall.ts';
import type { Generation } from './generation.ts';
import type { PromptAttachments } from './promptAttachments.ts';

const engineRole: Record<MessageRole, EngineRole> = {
  SYSTEM: 'system',
  USER: 'user',
  ASSISTANT: 'assistant',
  TOOL: 'tool',
};

/** The tokens reserved for the answer, unless the generation asks for fewer; a quarter of the context at most. */
const answerTokens = 1024;

/** A generous estimate of the mean number of characters per token. Limits how much history is read before it is measured. */
const charactersPerToken = 8;

/** The maximum length of a prompt with all its messages, in UTF-16 code units. Counting the tokens of more would take seconds. */
export const maxPromptLength = 1_000_000;

/** The minimum ratio of the real token count to an estimate. A prompt that may fit is sent: the engine counts exactly. */
const certainShare = 0.8;

/** Returns the maximum number of tokens of a prompt for a context of `limit` tokens: the rest is for the answer. */
export const promptRoom = (limit: number, maxTokens: number | undefined): number =>
  limit - tokensForAnswer(limit, maxTokens);

const tokensForAnswer = (limit: number, maxTokens: number | undefined): number =>
  Math.min(maxTokens ?? answerTokens, answerTokens, Math.floor(limit / 4));

export const systemMessages = (systemPrompt: string | null): EngineMessage[] =>
  systemPrompt ? [{ role: 'system', content: systemPrompt }] : [];

/** A stored message, and the one that the model gets. */
interface PromptMessage {
  readonly message: Message;
  readonly engine: EngineMessage;
}

/** Converts a stored message into one for the model, with its attachments. */
type ToPromptMessage = (message: Message) => Promise<PromptMessage>;

/** `questionId` is the message to answer, which brings its passages of documents. */
export const toPromptWith =
  (
    attachments: Pick<PromptAttachments, 'contentOf'>,
    model: string,
    signal: AbortSignal,
    questionId: string | null = null,
  ): ToPromptMessage =>
  async (message) => ({
    message,
    engine: {
      role: engineRole[message.role],
      ...(await attachments.contentOf(message, model, signal, { withSources: message.id === questionId })),
    },
  });

/**
 * Returns the approximate number of tokens of these messages. Throws `PROMPT_TOO_LARGE` with the numbers if they leave no
 * room for an answer in the model's context, or exceed the maximum prompt length.
 */
export const checkPromptFits = async (
  engine: Pick<Engine, 'measure'>,
  model: string,
  messages: readonly EngineMessage[],
  contextLength?: number,
): Promise<number> => {
  const characters = lengthOf(messages);
  if (characters > maxPromptLength) throw promptTooLong(characters, maxPromptLength);
  const { tokens, exact, limit } = await engine.measure(model, messages, undefined, contextLength);
  const certain = exact ? tokens : tokens * certainShare;
  if (limit !== null && certain >= limit) throw promptTooLarge(tokens, limit);
  return tokens;
};

/**
 * Returns the messages without the oldest ones, so that they fit the model's context beside the answer. System messages at
 * the beginning stay, and so does the last message.
 */
export const newestThatFit = async (
  engine: Pick<Engine, 'measure'>,
  model: string,
  messages: readonly EngineMessage[],
  options: GenerationOptions,
): Promise<readonly EngineMessage[]> => {
  const first = messages.findIndex(({ role }) => role !== 'system');
  const system = messages.slice(0, first);
  const shortest = [...system, ...messages.slice(-1)];
  // It can't fit: the check of its length rejects it.
  if (first < 0 || lengthOf(shortest) > maxPromptLength) return messages;
  const measure = measureWith(engine, model, options);
  const budget = await promptBudget(measure, shortest, options.maxTokens);
  const room = Math.min(charactersOf(budget), maxPromptLength) - lengthOf(system);
  const history = newestOf(messages.slice(first), room);
  const assemble = (kept: readonly EngineMessage[]) => [...system, ...kept];
  return assemble(await dropOldest(measure, history, budget, assemble, isOfUser));
};

const lengthOf = (messages: readonly EngineMessage[]): number =>
  messages.reduce((sum, { content }) => sum + content.length, 0);

const isOfUser = ({ role }: EngineMessage): boolean => role === 'user';

/** Returns the newest messages: at most `characters` long, but at least one. */
const newestOf = (messages: readonly EngineMessage[], characters: number): readonly EngineMessage[] => {
  let left = characters;
  const tooOld = messages.findLastIndex(({ content }, index) => {
    left -= content.length;
    return left < 0 && index < messages.length - 1;
  });
  return tooOld < 0 ? messages : fromFirst(isOfUser, messages.slice(tooOld + 1));
};

/** Returns the newest messages of the path to `leafId`, oldest first: at most `characters` long, but at least two. */
export const newestMessages = async (
  store: Pick<MessageStore, 'path'>,
  ownerId: string,
  leafId: string,
  characters: number,
  toPromptMessage: ToPromptMessage,
): Promise<readonly PromptMessage[]> => {
  const newest: PromptMessage[] = [];
  let before: number | null = null;
  let left = characters;
  for (;;) {
    const page = await store.path(ownerId, leafId, {
      direction: 'backward',
      size: pageSizeLimit,
      after: null,
      before,
    });
    for (const message of page.items.toReversed()) {
      const read = await toPromptMessage(message);
      left -= read.engine.content.length;
      if (left < 0 && newest.length >= 2) return newest.toReversed();
      newest.push(read);
    }
    const first = page.items[0];
    if (!first || !page.hasPreviousPage) return newest.toReversed();
    before = first.depth;
  }
};

export interface PromptDeps {
  readonly engine: Pick<Engine, 'measure'>;
  readonly messages: Pick<MessageStore, 'find' | 'path'>;
  readonly promptAttachments: Pick<PromptAttachments, 'contentOf'>;
}
/** Returns the messages that came with the request; null if the conversation has them. */
export const givenMessages = ({ prompt }: Pick<Generation, 'prompt'>): readonly EngineMessage[] | null =>
  prompt && prompt.messages.length > 0 ? prompt.messages : null;

/**
 * Returns the messages for the engine. Of a completion, these are the request's own. Otherwise they are
 * the system prompt and as much of the newest history as fits beside the answer. Older turns are dropped whole; the
 * question itself never is. A non-empty `textSoFar` becomes the beginning of the assistant's message. `share` (0 to 1) is
 * the part of the prompt budget that the whole prompt may use; only history is dropped to meet it. `calls` are the calls of
 * tools that the answer has made, which have ended.
 */
export const buildPrompt = async (
  deps: PromptDeps,
  generation: Generation,
  textSoFar: string,
  signal: AbortSignal,
  share = 1,
  calls: readonly ToolCall[] = [],
): Promise<readonly EngineMessage[]> => {
  const { engine, messages } = deps;
  const { ownerId, model, options } = generation;
  const given = givenMessages(generation);
  const withAnswer = (before: readonly EngineMessage[]) => withAnswerSoFar(before, textSoFar, calls);
  if (given) return withAnswer(given);
  const answer = generation.messageId === null ? null : await messages.find(ownerId, generation.messageId);
  const question = answer?.parentId ? await messages.find(ownerId, answer.parentId) : null;
  const system = systemMessages(generation.systemPrompt);
  if (!question) throw new Error(`generation ${generation.id} has no message to answer`);
  const toPromptMessage = toPromptWith(deps.promptAttachments, model, signal, question.id);
  const shortest = withAnswer([...system, (await toPromptMessage(question)).engine]);
  // The request checked that the question fits without history.
  if (question.parentId === null) return shortest;

  const measure = measureWith(engine, model, options, signal);
  const budget = share * (await promptBudget(measure, shortest, options.maxTokens));
  const history = await newestMessages(messages, ownerId, question.id, charactersOf(budget), toPromptMessage);
  const assemble = (kept: readonly PromptMessage[]) =>
    withAnswer([...system, ...kept.map((one) => one.engine)]);
  return assemble(await dropOldest(measure, history, budget, assemble, isQuestion));
};

type Measure = (prompt: readonly EngineMessage[]) => Promise<PromptSize>;

const measureWith =
  (
    engine: Pick<Engine, 'measure'>,
    model: string,
    options: GenerationOptions,
    signal?: AbortSignal,
  ): Measure =>
  (prompt) =>
    engine.measure(model, prompt, signal, options.contextLength);

/** Returns the maximum number of tokens of a prompt: the model's context, less what is reserved for the answer. */
const promptBudget = async (
  measure: Measure,
  messages: readonly EngineMessage[],
  maxTokens: number | undefined,
): Promise<number> => {
  const { limit } = await measure(messages);
  return limit === null ? Number.POSITIVE_INFINITY : promptRoom(limit, maxTokens);
};

const charactersOf = (tokens: number): number => Math.min(tokens, 1_000_000) * charactersPerToken;

/** Drops the oldest items of a history until its prompt fits the budget. The newest item stays. */
const dropOldest = async <Item>(
  measure: Measure,
  history: readonly Item[],
  budget: number,
  assemble: (kept: readonly Item[]) => readonly EngineMessage[],
  isQuestion: (item: Item) => boolean,
): Promise<readonly Item[]> => {
  let kept = history;
  for (;;) {
    if (kept.length <= 1) return kept;
    const { tokens } = await measure(assemble(kept));
    if (tokens <= budget) return kept;
    // Drops in proportion to the excess: a long history takes a few rounds instead of one for each message.
    const excess = Math.ceil((kept.length * (tokens - budget)) / tokens);
    kept = fromFirst(isQuestion, kept.slice(Math.max(1, Math.min(excess, kept.length - 1))));
  }
};

/** How much of a model's context a conversation uses. */
export interface ContextUse {
  /** The tokens of the system prompt and of the messages that reach the model. */
  readonly usedTokens: number;
  /** The maximum number of tokens of a prompt; null if the model's context length is unknown. */
  readonly maxTokens: number | null;
  /** The oldest message that reaches the model; null if all do. */
  readonly firstMessage: Message | null;
}

/** Measures what the next prompt of a conversation has of its history. */
export const measureContext = async (
  deps: Omit<PromptDeps, 'messages'> & { readonly messages: Pick<MessageStore, 'path'> },
  conversation: Pick<Conversation, 'ownerId' | 'leafId' | 'systemPrompt' | 'options'>,
  model: string,
  signal: AbortSignal,
): Promise<ContextUse> => {
  const { engine, messages } = deps;
  const { ownerId, leafId, systemPrompt, options } = conversation;
  const system = systemMessages(systemPrompt);
  const asked: EngineMessage[] = [...system, { role: 'user', content: '' }];
  const measure = measureWith(engine, model, options, signal);
  const budget = await promptBudget(measure, asked, options.maxTokens);
  const history =
    leafId === null
      ? []
      : await newestMessages(
          messages,
          ownerId,
          leafId,
          charactersOf(budget),
          toPromptWith(deps.promptAttachments, model, signal),
        );
  const assemble = (shown: readonly PromptMessage[]) => [...system, ...shown.map((one) => one.engine)];
  const kept = await dropOldest(measure, history, budget, assemble, isQuestion);
  const prompt = assemble(kept);
  const usedTokens = prompt.length === 0 ? 0 : (await measure(prompt)).tokens;
  const first = kept[0]?.message;
  return {
    usedTokens,
    maxTokens: Number.isFinite(budget) ? budget : null,
    firstMessage: first && first.parentId !== null ? first : null,
  };
};

/** Appends the text so far to the last message, or as an assistant's message. */
const withTextSoFar = (messages: readonly EngineMessage[], textSoFar: string): readonly EngineMessage[] => {
  if (textSoFar === '') return messages;
  const last = messages.at(-1);
  return last?.role === 'assistant'
    ? [...messages.slice(0, -1), { ...last, content: last.content + textSoFar }]
    : [...messages, { role: 'assistant', content: textSoFar }];
};

/** Appends the answer so far: the text with the calls of tools in it, each with its result, and the text after them. */
const withAnswerSoFar = (
  messages: readonly EngineMessage[],
  textSoFar: string,
  calls: readonly ToolCall[],
): readonly EngineMessage[] => {
  if (calls.length === 0) return withTextSoFar(messages, textSoFar);
  const answer: EngineMessage[] = [];
  let end = 0;
  for (const round of Map.groupBy(calls, (call) => call.round).values()) {
    // After a restart without the text, the calls remain.
    const offset = Math.max(end, Math.min(round[0]?.offset ?? 0, textSoFar.length));
    const toolCalls = round.map((call) => ({ name: call.name, arguments: call.arguments }));
    answer.push({ role: 'assistant', content: textSoFar.slice(end, offset), toolCalls });
    for (const { name, result } of round)
      answer.push({ role: 'tool', content: result ?? '', toolName: name });
    end = offset;
  }
  const rest = textSoFar.slice(end);
  if (rest !== '') answer.push({ role: 'assistant', content: rest });
  return [...messages, ...answer];
};

const isQuestion = ({ message }: PromptMessage): boolean => message.role === 'USER';

/** Drops answers whose question was dropped: chat templates expect a user's message first. */
const fromFirst = <Item>(isFirst: (item: Item) => boolean, history: readonly Item[]): readonly Item[] => {
  const first = history.findIndex(isFirst);
  return first > 0 ? history.slice(first) : history;
};
