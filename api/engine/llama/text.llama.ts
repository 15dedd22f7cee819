import type { LlamaModel, Token } from 'node-llama-cpp';

/** The detokenizer's replacement for bytes that are not, or not yet, a character. */
const replacement = '\ufffd';
/** A UTF-8 character has at most four bytes, so at most four tokens of one byte each. */
const maxCharacterLength = 4;
/** The preceding tokens that the detokenizer gets, by which it decides about a leading space. */
const lookBehind = 8;

/** Converts tokens to text, one at a time, and holds a character back until all its bytes have arrived. */
export class TokenText {
  readonly #model: LlamaModel;
  #before: readonly Token[];
  #pending: Token[] = [];

  /** `before` are the tokens of the prompt. */
  constructor(model: LlamaModel, before: readonly Token[]) {
    this.#model = model;
    this.#before = before.slice(-lookBehind);
  }

  /** Returns the text that `token` completes; it may be empty. */
  push(token: Token): string {
    this.#pending.push(token);
    const text = this.#model.detokenize(this.#pending, false, this.#before);
    if (text.endsWith(replacement) && this.#pending.length < maxCharacterLength) return '';
    this.#before = [...this.#before, ...this.#pending].slice(-lookBehind);
    this.#pending = [];
    return text;
  }

  /** Returns the text that was held back, without an incomplete character. */
  end(): string {
    const text = this.#model.detokenize(this.#pending, false, this.#before);
    this.#pending = [];
    return text.replace(/\ufffd+$/, '');
  }
}
