import type { ChatHistoryItem, ChatWrapper, LlamaModel, Token } from 'node-llama-cpp';
import { reasonOf } from '../../errors/causes.ts';
import { badInput, promptTooLarge } from '../../errors/failures.ts';
import type { EngineMessage, PromptSize } from '../engine.ts';
import { estimateTokens } from '../estimate.ts';

/**
 * Hardly any token has more UTF-16 units than this. A prompt that has more per token of the context can't fit, and isn't
 * tokenized: that is synchronous, and 400,000 characters take an eighth of a second.
 */
const maxTokenLength = 24;

/** Converts messages to tokens with the model's chat template. */
export class PromptTemplate {
  readonly #model: LlamaModel;
  readonly #wrapper: ChatWrapper;
  readonly #limit: number;

  /** `limit` is the context length in tokens. */
  constructor(model: LlamaModel, wrapper: ChatWrapper, limit: number) {
    this.#model = model;
    this.#wrapper = wrapper;
    this.#limit = limit;
  }

  /** Returns the tokens of the prompt. Throws `PROMPT_TOO_LARGE` if they leave no room for an answer, `BAD_USER_INPUT`. */
  tokens(messages: readonly EngineMessage[]): Token[] {
    if (this.#isFarTooLong(messages)) throw promptTooLarge(estimateTokens(messages), this.#limit);
    const tokens = this.#tokenize(messages);
    if (tokens.length >= this.#limit) throw promptTooLarge(tokens.length, this.#limit);
    return tokens;
  }

  measure(messages: readonly EngineMessage[]): PromptSize {
    return this.#isFarTooLong(messages)
      ? { tokens: estimateTokens(messages), exact: false, limit: this.#limit }
      : { tokens: this.#tokenize(messages).length, exact: true, limit: this.#limit };
  }

  #isFarTooLong(messages: readonly EngineMessage[]): boolean {
    return messages.reduce((sum, { content }) => sum + content.length, 0) > this.#limit * maxTokenLength;
  }

  #tokenize(messages: readonly EngineMessage[]): Token[] {
    if (messages.length === 0) throw badInput('messages', 'There is no message to answer.');
    if (messages.some(({ images }) => images !== undefined && images.length > 0)) {
      throw badInput(
        'images',
        'The embedded engine does not support images. Use Ollama with a model that has the capability "vision".',
      );
    }
    const chatHistory = messages.map(historyItem);
    // The wrapper leaves the model's last turn open: an empty one starts an answer, any other is continued.
    if (chatHistory.at(-1)?.type !== 'model') chatHistory.push({ type: 'model', response: [''] });
    try {
      // The content of messages is tokenized as plain text, so a "<|im_end|>" in it ends no turn.
      return this.#wrapper.generateContextState({ chatHistory }).contextText.tokenize(this.#model.tokenizer);
    } catch (error) {
      throw badInput('messages', `The model's chat template rejects these messages: ${reasonOf(error)}`);
    }
  }
}

function historyItem({ role, content }: EngineMessage): ChatHistoryItem {
  switch (role) {
    case 'system':
      return { type: 'system', text: content };
    case 'assistant':
      return { type: 'model', response: [content] };
    // Few templates have a role for tools, so the model gets their results as messages of the user.
    case 'tool':
    case 'user':
      return { type: 'user', text: content };
  }
}
