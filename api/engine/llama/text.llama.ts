import type { LlamaModel, Token } from 'node-llama-cpp';

/** What the detokeniser puts where bytes are not, or not yet, a character. */
const replacement = '\ufffd';
/** A UTF-8 character has at most four bytes, so at most four tokens of one byte each. */
const maxCharacterLength = 4;
/** How many tokens before a piece the detokeniser looks at, to know whether its leading space counts. */
const lookBehind = 8;

/** Turns tokens into text, one at a time, and holds a character back until all its bytes have come. */
export class TokenText {
  readonly #model: LlamaModel;
  #before: readonly Token[];
  #pending: Token[] = [];

  /** `before` are the tokens of the prompt. */
  constructor(model: LlamaModel, before: readonly Token[]) {
    this.#model = model;
    this.#before = before.slice(-lookBehind);
  }

  /** The text that `token` completes: maybe none. */
  push(token: Token): string {
    this.#pending.push(token);
    const text = this.#model.detokenize(this.#pending, false, this.#before);
    if (text.endsWith(replacement) && this.#pending.length < maxCharacterLength) return '';
    this.#before = [...this.#before, ...this.#pending].slice(-lookBehind);
    this.#pending = [];
    return text;
  }

  /** What was held back, without the character that never became whole. */
  end(): string {
    const text = this.#model.detokenize(this.#pending, false, this.#before);
    this.#pending = [];
    return text.replace(/\ufffd+$/, '');
  }
}
