import { engineFailed } from '../../errors/failures.ts';
import type { EngineChunk, EngineFinish, EngineToolCall, LikelyToken, TokenLogprob } from '../engine.ts';
import { WholeCharacters } from '../wholeCharacters.ts';
import { isObject } from './http.openai.ts';

/** Maximum tool calls of an answer, and characters of the arguments of one. */
const maxCalls = 128;
const maxArgumentsLength = 1 << 20;

interface OpenCall {
  name: string;
  text: string;
}

/** Part of an answer, or `pending` for an event that shows that the model is writing a tool call. */
export type AnswerPart = Exclude<EngineChunk, { readonly type: 'done' }> | { readonly type: 'pending' };

export interface AnswerEnd {
  readonly finish: EngineFinish;
  /** Null if the server doesn't report it. */
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
}

/** Converts the events of an answer to its parts. Returns its end. Throws `ENGINE_FAILED` for an incomplete answer. */
export async function* partsOf(
  events: AsyncIterable<unknown>,
): AsyncGenerator<AnswerPart, AnswerEnd, undefined> {
  const text = new WholeCharacters();
  const thinking = new WholeCharacters();
  const calls: OpenCall[] = [];
  let finish: EngineFinish | null = null;
  let usage: Record<string, unknown> = {};
  for await (const event of events) {
    if (!isObject(event)) continue;
    if (isObject(event.usage)) usage = event.usage;
    const [choice] = Array.isArray(event.choices) ? event.choices : [];
    if (!isObject(choice)) continue;
    const delta = isObject(choice.delta) ? choice.delta : {};
    const thought = thinking.push(textIn(delta.reasoning_content) || textIn(delta.reasoning));
    if (thought !== '') yield { type: 'thinking', text: thought };
    const tokens = logprobsIn(choice.logprobs);
    if (tokens.length > 0) yield { type: 'logprobs', tokens };
    const chunk = text.push(textIn(delta.content));
    if (chunk !== '') yield { type: 'text', text: chunk };
    if (Array.isArray(delta.tool_calls) && delta.tool_calls.length > 0) {
      for (const call of delta.tool_calls) if (isObject(call)) collect(calls, call);
      yield { type: 'pending' };
    }
    if (typeof choice.finish_reason === 'string') finish = finishOf(choice.finish_reason);
  }
  if (finish === null) throw engineFailed('The engine ended the answer before it was done.');
  const requested = calls.filter(({ name }) => name !== '').map(callOf);
  if (requested.length > 0) yield { type: 'tool_calls', calls: requested };
  return {
    finish: requested.length > 0 && finish === 'stop' ? 'tool_calls' : finish,
    promptTokens: countIn(usage.prompt_tokens),
    completionTokens: countIn(usage.completion_tokens),
  };
}

/** Adds a fragment of a tool call: the first has its name, each one a part of its arguments. */
function collect(calls: OpenCall[], fragment: Record<string, unknown>): void {
  const index = typeof fragment.index === 'number' ? fragment.index : calls.length;
  if (!Number.isInteger(index) || index < 0 || index >= maxCalls) throw tooManyCalls();
  for (let at = calls.length; at <= index; at += 1) calls.push({ name: '', text: '' });
  const call = calls[index];
  const given = isObject(fragment.function) ? fragment.function : {};
  if (call === undefined) return;
  if (call.name === '') call.name = textIn(given.name);
  call.text += isObject(given.arguments) ? JSON.stringify(given.arguments) : textIn(given.arguments);
  if (call.text.length > maxArgumentsLength) throw tooManyCalls();
}

const tooManyCalls = () => engineFailed('The engine sent too many tool calls, or too long ones.');

function callOf({ name, text }: OpenCall): EngineToolCall {
  if (text.trim() === '') return { name, arguments: {} };
  try {
    const given: unknown = JSON.parse(text);
    if (isObject(given)) return { name, arguments: given };
  } catch {
    // Reported below.
  }
  throw engineFailed(`The model requested a call of ${name} with arguments that are not JSON. Try again.`);
}

const finishOf = (reason: string): EngineFinish => {
  if (reason === 'length') return 'length';
  return reason === 'tool_calls' || reason === 'function_call' ? 'tool_calls' : 'stop';
};

/** The log probabilities of a chunk's tokens: `{content: [{token, logprob, bytes, top_logprobs}]}`. */
function logprobsIn(value: unknown): readonly TokenLogprob[] {
  const content = isObject(value) && Array.isArray(value.content) ? value.content : [];
  return content.filter(isObject).map((token) => ({ ...likelyIn(token), top: topIn(token.top_logprobs) }));
}

const topIn = (value: unknown): readonly LikelyToken[] =>
  Array.isArray(value) ? value.filter(isObject).map(likelyIn) : [];

const likelyIn = ({ token, logprob, bytes }: Record<string, unknown>): LikelyToken => ({
  token: textIn(token),
  // As at OpenAI, for a token that is very unlikely.
  logprob: typeof logprob === 'number' ? logprob : -9999,
  bytes: Array.isArray(bytes) ? bytes.map(Number) : null,
});

const textIn = (value: unknown): string => (typeof value === 'string' ? value : '');

const countIn = (value: unknown): number | null =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : null;
