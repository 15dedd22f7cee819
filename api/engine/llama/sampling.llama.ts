import { randomInt } from 'node:crypto';
import type {
  Llama,
  LlamaGrammarEvaluationState,
  LlamaModel,
  SequenceEvaluateOptions,
  Token,
} from 'node-llama-cpp';
import { reasonOf } from '../../errors/causes.ts';
import { badInput } from '../../errors/failures.ts';
import type { EngineFormat, EngineOptions } from '../engine.ts';
import { grammarOf } from '../grammar/grammar.ts';

/** What the makers of SmolLM2 recommend: at more, so small a model wanders off. */
const defaults = { temperature: 0.2, topP: 0.9, topK: 40 };
/** Ollama's own, which keeps a small model from saying one sentence for ever. */
const repetition = { penalty: 1.1, tokens: 64 };
const seedRange = 2 ** 32;

/** How the next token is chosen. `answer` is kept up with the tokens of the answer so far, and read for each. */
export function samplingOf(
  options: EngineOptions,
  grammar: LlamaGrammarEvaluationState | undefined,
  answer: readonly Token[],
): SequenceEvaluateOptions {
  return {
    temperature: options.temperature ?? defaults.temperature,
    topP: options.topP ?? defaults.topP,
    topK: options.topK ?? defaults.topK,
    minP: 0,
    // Without a seed of its own, the library takes the second of the clock: all requests of one second would be alike.
    seed: options.seed === undefined ? randomInt(seedRange) : options.seed >>> 0,
    grammarEvaluationState: grammar,
    repeatPenalty: {
      punishTokens: () => answer.slice(-repetition.tokens),
      maxPunishTokens: repetition.tokens,
      penalty: repetition.penalty,
    },
  };
}

/** Throws `BAD_USER_INPUT` for a schema that can't be kept. */
export async function grammarFor(
  format: EngineFormat,
  llama: Llama,
  model: LlamaModel,
  State: typeof LlamaGrammarEvaluationState,
): Promise<LlamaGrammarEvaluationState> {
  const source = grammarOf(format);
  try {
    return new State({ model, grammar: await llama.createGrammar({ grammar: source }) });
  } catch (error) {
    throw badInput('format', `The engine can't answer by this JSON Schema: ${reasonOf(error)}`);
  }
}
