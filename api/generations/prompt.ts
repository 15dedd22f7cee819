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

/** Room kept for the answer, in tokens, unless the generation asks for less: it may take a quarter of the context. */
const answerTokens = 1024;

/** No tokeniser makes fewer tokens than one for so many characters of text that people write; bounds what is read. */
const charactersPerToken = 8;

/** Characters of a prompt, its system prompt and given turns among them. To count the tokens of more would take seconds. */
export const maxPromptLength = 1_000_000;

const roomForAnswer = (limit: number, maxTokens: number | undefined): number =>
  Math.min(maxTokens ?? answerTokens, answerTokens, Math.floor(limit / 4));

export const systemMessages = (systemPrompt: string | null): EngineMessage[] =>
  systemPrompt ? [{ role: 'system', content: systemPrompt }] : [];

const asEngineMessage = (message: Message): EngineMessage => ({
  role: engineRole[message.role],
  content: message.content,
});

/**
 * Throws `PROMPT_TOO_LARGE` with the numbers where these messages alone, without any history, are past the model's
 * context, or longer than any is asked about. Returns about how many tokens they take.
 */
export const checkPromptFits = async (
  engine: Engine,
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

/** The newest messages of the path that ends at `leafId`, oldest first, as many as `characters` holds; at least two. */
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
 * The messages that the engine gets: those given; in a conversation the system prompt, then as much of the newest
 * history as fits beside the answer. Older turns are left out whole; the prompt itself never is. Ends with `textSoFar`
 * as an open assistant's turn where there is some.
 */
export const buildPrompt = async (
  deps: { readonly engine: Engine; readonly messages: Pick<MessageStore, 'find' | 'path'> },
  generation: Generation,
  textSoFar: string,
  signal: AbortSignal,
): Promise<readonly EngineMessage[]> => {
  const { engine, messages } = deps;
  const { ownerId, model, options } = generation;
  if (generation.prompt) return goingOn(generation.prompt.messages, textSoFar);
  const answer = generation.messageId === null ? null : await messages.find(ownerId, generation.messageId);
  const question = answer?.parentId ? await messages.find(ownerId, answer.parentId) : null;
  const system = systemMessages(generation.systemPrompt);
  if (!question) throw new Error(`generation ${generation.id} has no message to answer`);
  const least = goingOn([...system, asEngineMessage(question)], textSoFar);
  // That the question alone fits was checked when it was asked.
  if (question.parentId === null) return least;

  const { limit } = await engine.measure(model, least, signal);
  const budget = limit === null ? Number.POSITIVE_INFINITY : limit - roomForAnswer(limit, options.maxTokens);
  const characters = Math.min(budget, 1_000_000) * charactersPerToken;
  let history = (await newestMessages(messages, ownerId, question.id, characters)).map(asEngineMessage);

  for (;;) {
    const all = goingOn([...system, ...history], textSoFar);
    if (history.length <= 1) return all;
    const { tokens } = await engine.measure(model, all, signal);
    if (tokens <= budget) return all;
    // Drops in proportion to the excess, so that a long history takes a few rounds, not one for each message.
    const excess = Math.ceil((history.length * (tokens - budget)) / tokens);
    history = fromUserTurn(history.slice(Math.max(1, Math.min(excess, history.length - 1))));
  }
};

/** The last turn stays open where there is a text to go on from. */
const goingOn = (messages: readonly EngineMessage[], textSoFar: string): readonly EngineMessage[] => {
  if (textSoFar === '') return messages;
  const last = messages.at(-1);
  return last?.role === 'assistant'
    ? [...messages.slice(0, -1), { ...last, content: last.content + textSoFar }]
    : [...messages, { role: 'assistant', content: textSoFar }];
};

/** Chat templates expect a user's turn first: an answer whose question was left out goes too. */
const fromUserTurn = (history: EngineMessage[]): EngineMessage[] => {
  const first = history.findIndex((message) => message.role === 'user');
  return first > 0 ? history.slice(first) : history;
};
