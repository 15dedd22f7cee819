import type { ChatHistoryItem, ChatWrapper, LlamaModel, Token } from 'node-llama-cpp';
import { reasonOf } from '../../errors/causes.ts';
import { badInput, promptTooLarge } from '../../errors/failures.ts';
import type { EngineMessage, PromptSize } from '../engine.ts';
import { estimateTokens } from '../estimate.ts';

/**
 * Hardly any token is longer than this many UTF-16 units, so a longer prompt can't fit. It isn't tokenised to learn by
 * how much: tokenising is synchronous, and 400,000 characters take an eighth of a second.
 */
const maxTokenLength = 24;

/** Turns messages into the model's tokens by its own chat template. */
export class PromptTemplate {
  readonly #model: LlamaModel;
  readonly #wrapper: ChatWrapper;
  readonly #limit: number;

  /** `limit` is the context in tokens. */
  constructor(model: LlamaModel, wrapper: ChatWrapper, limit: number) {
    this.#model = model;
    this.#wrapper = wrapper;
    this.#limit = limit;
  }

  /** The tokens that the answer follows. Throws `PROMPT_TOO_LARGE` where they leave no room for one, `BAD_USER_INPUT`. */
  tokens(messages: readonly EngineMessage[]): Token[] {
    if (this.#isHopeless(messages)) throw promptTooLarge(estimateTokens(messages), this.#limit);
    const tokens = this.#tokenize(messages);
    if (tokens.length >= this.#limit) throw promptTooLarge(tokens.length, this.#limit);
    return tokens;
  }

  measure(messages: readonly EngineMessage[]): PromptSize {
    return this.#isHopeless(messages)
      ? { tokens: estimateTokens(messages), exact: false, limit: this.#limit }
      : { tokens: this.#tokenize(messages).length, exact: true, limit: this.#limit };
  }

  #isHopeless(messages: readonly EngineMessage[]): boolean {
    return messages.reduce((sum, { content }) => sum + content.length, 0) > this.#limit * maxTokenLength;
  }

  #tokenize(messages: readonly EngineMessage[]): Token[] {
    if (messages.length === 0) throw badInput('messages', 'There is no message to answer.');
    if (messages.some(({ images }) => images !== undefined && images.length > 0)) {
      throw badInput(
        'images',
        'The embedded engine reads no images. Choose a model with vision on an Ollama.',
      );
    }
    const chatHistory = messages.map(historyItem);
    // The wrapper leaves the last turn of the model open: an empty one is a new answer, any other goes on.
    if (chatHistory.at(-1)?.type !== 'model') chatHistory.push({ type: 'model', response: [''] });
    try {
      // What a message says is tokenised as plain text, so a "<|im_end|>" in it ends no turn.
      return this.#wrapper.generateContextState({ chatHistory }).contextText.tokenize(this.#model.tokenizer);
    } catch (error) {
      throw badInput('messages', `The model's chat template doesn't take these messages: ${reasonOf(error)}`);
    }
  }
}

function historyItem({ role, content }: EngineMessage): ChatHistoryItem {
  switch (role) {
    case 'system':
      return { type: 'system', text: content };
    case 'assistant':
      return { type: 'model', response: [content] };
    // Few templates know a role for tools; the model takes their results as said by the user.
    case 'tool':
    case 'user':
      return { type: 'user', text: content };
  }
}
