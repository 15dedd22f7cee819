import type { Engine, EngineMessage, EngineRole } from '../engine/engine.ts';
import { promptTooLarge, promptTooLong } from '../errors/failures.ts';
import type { Message, MessageRole } from '../messages/message.ts';
import type { MessageStore } from '../messages/store.ts';
import { pageSizeLimit } from '../paging/pages.ts';
import type { Generation } from './generation.ts';

const engineRole: Record<MessageRole, EngineRole> = {
  SYSTEM: 'system',
  USER: 'user',
  ASSISTANT: 'assistant',
  TOOL: 'tool',
};

/** The tokens reserved for the answer, unless the generation asks for fewer; a quarter of the context at most. */
const answerTokens = 1024;

/** The maximum number of characters per token of natural text, in any tokenizer. Limits how much history is read. */
const charactersPerToken = 8;

/** The maximum length of a prompt with all its messages, in UTF-16 code units. Counting the tokens of more would take seconds. */
export const maxPromptLength = 1_000_000;

const tokensForAnswer = (limit: number, maxTokens: number | undefined): number =>
  Math.min(maxTokens ?? answerTokens, answerTokens, Math.floor(limit / 4));

export const systemMessages = (systemPrompt: string | null): EngineMessage[] =>
  systemPrompt ? [{ role: 'system', content: systemPrompt }] : [];

const asEngineMessage = (message: Message): EngineMessage => ({
  role: engineRole[message.role],
  content: message.content,
});

/**
 * Returns the approximate number of tokens of these messages. Throws `PROMPT_TOO_LARGE` with the numbers if they exceed the
 * model's context or the maximum prompt length.
 */
export const checkPromptFits = async (
  engine: Pick<Engine, 'measure'>,
  model: string,
  messages: readonly EngineMessage[],
  signal?: AbortSignal,
): Promise<number> => {
  const characters = messages.reduce((sum, { content }) => sum + content.length, 0);
  if (characters > maxPromptLength) throw promptTooLong(characters, maxPromptLength);
  const { tokens, limit } = await engine.measure(model, messages, signal);
  if (limit !== null && tokens >= limit) throw promptTooLarge(tokens, limit);
  return tokens;
};

/** Returns the newest messages of the path to `leafId`, oldest first: at most `characters` long, but at least two. */
const newestMessages = async (
  store: Pick<MessageStore, 'path'>,
  ownerId: string,
  leafId: string,
  characters: number,
): Promise<readonly Message[]> => {
  const newest: Message[] = [];
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
      left -= message.content.length;
      if (left < 0 && newest.length >= 2) return newest.toReversed();
      newest.push(message);
    }
    const first = page.items[0];
    if (!first || !page.hasPreviousPage) return newest.toReversed();
    before = first.depth;
  }
};

/**
 * Returns the messages for the engine. Outside of conversations, these are the request's own. In a conversation, they are
 * the system prompt and as much of the newest history as fits beside the answer. Older turns are dropped whole; the
 * question itself never is. A non-empty `textSoFar` becomes the beginning of the assistant's message.
 */
export const buildPrompt = async (
  deps: { readonly engine: Pick<Engine, 'measure'>; readonly messages: Pick<MessageStore, 'find' | 'path'> },
  generation: Generation,
  textSoFar: string,
  signal: AbortSignal,
): Promise<readonly EngineMessage[]> => {
  const { engine, messages } = deps;
  const { ownerId, model, options } = generation;
  if (generation.prompt) return withTextSoFar(generation.prompt.messages, textSoFar);
  const answer = generation.messageId === null ? null : await messages.find(ownerId, generation.messageId);
  const question = answer?.parentId ? await messages.find(ownerId, answer.parentId) : null;
  const system = systemMessages(generation.systemPrompt);
  if (!question) throw new Error(`generation ${generation.id} has no message to answer`);
  const shortest = withTextSoFar([...system, asEngineMessage(question)], textSoFar);
  // The request checked that the question fits without history.
  if (question.parentId === null) return shortest;

  const { limit } = await engine.measure(model, shortest, signal);
  const budget =
    limit === null ? Number.POSITIVE_INFINITY : limit - tokensForAnswer(limit, options.maxTokens);
  const characters = Math.min(budget, 1_000_000) * charactersPerToken;
  let history = (await newestMessages(messages, ownerId, question.id, characters)).map(asEngineMessage);

  for (;;) {
    const all = withTextSoFar([...system, ...history], textSoFar);
    if (history.length <= 1) return all;
    const { tokens } = await engine.measure(model, all, signal);
    if (tokens <= budget) return all;
    // Drops in proportion to the excess: a long history takes a few rounds instead of one for each message.
    const excess = Math.ceil((history.length * (tokens - budget)) / tokens);
    history = fromFirstQuestion(history.slice(Math.max(1, Math.min(excess, history.length - 1))));
  }
};

/** Appends the text so far to the last message, or as an assistant's message. */
const withTextSoFar = (messages: readonly EngineMessage[], textSoFar: string): readonly EngineMessage[] => {
  if (textSoFar === '') return messages;
  const last = messages.at(-1);
  return last?.role === 'assistant'
    ? [...messages.slice(0, -1), { ...last, content: last.content + textSoFar }]
    : [...messages, { role: 'assistant', content: textSoFar }];
};

/** Drops answers whose question was dropped: chat templates expect a user's message first. */
const fromFirstQuestion = (history: EngineMessage[]): EngineMessage[] => {
  const first = history.findIndex((message) => message.role === 'user');
  return first > 0 ? history.slice(first) : history;
};
