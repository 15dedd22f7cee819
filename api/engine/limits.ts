import { engineTimeout, type Failure } from '../errors/failures.ts';
import { silenceMessage } from './messages.ts';

/** How long an engine may send nothing in each phase of an answer or a pull, in ms. */
export interface EngineLimits {
  /** While it loads the model. */
  readonly loadMs: number;
  /** While it evaluates the prompt, until the first token. */
  readonly firstTokenMs: number;
  /** Between two tokens. */
  readonly silenceMs: number;
  /** While the model may be writing a tool call, which engines send as a whole. */
  readonly toolCallMs: number;
  /** While it fetches a model. */
  readonly pullMs: number;
  /** While it verifies a fetched model, and writes it. */
  readonly verifyMs: number;
}

/** Returns the limits with `silenceMs` for those that aren't given. */
export const limitsOf = (silenceMs: number, given: Partial<EngineLimits> = {}): EngineLimits => ({
  loadMs: silenceMs,
  firstTokenMs: silenceMs,
  silenceMs,
  toolCallMs: silenceMs,
  pullMs: silenceMs,
  verifyMs: silenceMs,
  ...given,
});

/** The phase in which nothing arrives. `loading`: the model may have to be loaded before the first token. */
export type Phase = 'loading' | 'first token' | 'tokens' | 'tool call';

export const limitOf = (phase: Phase, limits: EngineLimits): number =>
  ({
    loading: limits.loadMs + limits.firstTokenMs,
    'first token': limits.firstTokenMs,
    tokens: limits.silenceMs,
    'tool call': limits.toolCallMs,
  })[phase];

/** Returns the failure of a phase that took longer than its limit, of `ms`. `engine` names the engine to operators. */
export const phaseTimeout = (phase: Phase, ms: number, engine: string): Failure => {
  const seconds = ms / 1000;
  const [message, variable] = {
    loading: [
      `The model was not ready after ${seconds} s: it is still being loaded. Try again in a few minutes.`,
      'LOAD_TIMEOUT_S, FIRST_TOKEN_TIMEOUT_S',
    ],
    'first token': [
      `The model sent no token for ${seconds} s. The engine may be overloaded; try again, or send a shorter prompt.`,
      'FIRST_TOKEN_TIMEOUT_S',
    ],
    tokens: [silenceMessage(seconds), 'ENGINE_TIMEOUT_S'],
    'tool call': [
      `The language model engine was silent for ${seconds} s while the model may have written a tool call. Try again.`,
      'TOOL_CALL_TIMEOUT_S',
    ],
  }[phase];
  const operatorMessage = `${engine} was silent for ${seconds} s (phase: ${phase}; limit: ${variable}).`;
  return engineTimeout(message ?? '', { operatorMessage });
};
