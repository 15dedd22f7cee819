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
import type { GrammarCompiler } from './grammarCompiler.llama.ts';

/** The values that SmolLM2's authors recommend: at a higher temperature, so small a model digresses. */
const defaults = { temperature: 0.2, topP: 0.9, topK: 40 };
/** The last tokens of the answer that penalties count by default, as on Ollama. */
const repetitionTokens = 64;
/** Their maximum: penalties take longer with each token that they count. */
const maxRepetitionTokens = 4_096;
const seedRange = 2 ** 32;

/** Returns the sampling options. The caller appends each token to `answer`, which the repeat penalty reads. */
export function samplingOf(
  options: EngineOptions,
  grammar: LlamaGrammarEvaluationState | undefined,
  answer: readonly Token[],
): SequenceEvaluateOptions {
  const { repeatLastN = repetitionTokens } = options;
  const counted = repeatLastN < 0 ? maxRepetitionTokens : Math.min(repeatLastN, maxRepetitionTokens);
  return {
    temperature: options.temperature ?? defaults.temperature,
    topP: options.topP ?? defaults.topP,
    topK: options.topK ?? defaults.topK,
    minP: options.minP ?? 0,
    // The library's default seed is the clock's second, so all requests of one second would have the same.
    seed: options.seed === undefined ? randomInt(seedRange) : options.seed >>> 0,
    grammarEvaluationState: grammar,
    repeatPenalty: {
      punishTokens: () => (counted === 0 ? [] : answer.slice(-counted)),
      maxPunishTokens: counted,
      penalty: options.repeatPenalty ?? 1,
      frequencyPenalty: options.frequencyPenalty ?? 0,
      presencePenalty: options.presencePenalty ?? 0,
    },
  };
}

/**
 * Compiles the grammar of a format. Throws `BAD_USER_INPUT` for a schema that a grammar can't enforce, or that takes too long
 * to compile.
 */
export async function grammarFor(
  format: EngineFormat,
  llama: Llama,
  model: LlamaModel,
  State: typeof LlamaGrammarEvaluationState,
  compiler: Pick<GrammarCompiler, 'check'>,
): Promise<LlamaGrammarEvaluationState> {
  const source = grammarOf(format);
  await compiler.check(source);
  try {
    return new State({ model, grammar: await llama.createGrammar({ grammar: source }) });
  } catch (error) {
    throw badInput('format', `The engine does not support this JSON Schema: ${reasonOf(error)}`);
  }
}
