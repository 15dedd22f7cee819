import type { Viewer } from '../../access/viewer.ts';
import type { GenerationOptions } from '../../conversations/conversation.ts';
import type { EngineMessage } from '../../engine/engine.ts';
import { Failure } from '../../errors/failures.ts';
import type { CachePolicy } from '../../generations/cache/key.ts';
import type {
  BackgroundRequest,
  Completions,
  WholeCompletion,
} from '../../generations/request/completion.ts';
import { violationsOf } from '../definition/schema.ts';
import type { OutputSchema } from '../preset.ts';

/** A request whose answer has to match a schema. */
export interface StructuredRequest {
  readonly model: string;
  readonly messages: readonly EngineMessage[];
  readonly options: GenerationOptions;
  readonly schema: OutputSchema;
  readonly cache: CachePolicy | null;
  /** Texts that must not be recorded. */
  readonly secrets: readonly string[];
  /** Of each answer. Null: a person waits. */
  readonly background: (() => BackgroundRequest) | null;
}

export interface StructuredAnswer {
  readonly value: unknown;
  readonly text: string;
}

/** Further turns that show a model the errors of its answer. */
const maxRepairs = 2;

/** Maximum UTF-16 units of an invalid answer that is shown to the model: more could exceed its context. */
const maxShown = 1_000;

/** What a run counts. */
export interface RunMeter {
  /** Counts an answer. */
  count(whole: WholeCompletion): void;
  /** Counts a repair. */
  repaired(): void;
}

/**
 * Generates an answer that matches the schema: the schema is the grammar of the answer, and an answer that doesn't match is
 * repaired in at most two more turns. Throws `OUTPUT_INVALID` with the last text in `details.text`, and the failures of
 * `complete`.
 */
export const answerStructured = async (
  { complete }: Pick<Completions, 'complete'>,
  viewer: Viewer,
  { model, messages, options, schema, cache, secrets, background }: StructuredRequest,
  meter: RunMeter,
  signal: AbortSignal,
): Promise<StructuredAnswer> => {
  let turn = messages;
  for (let repairs = 0; ; repairs += 1) {
    const completion = await complete(viewer, {
      model,
      messages: turn,
      options,
      format: schema,
      cache,
      secrets,
      thinkIfAble: false,
      ...(background && { background: background() }),
    });
    const whole = await completion.whole(signal);
    meter.count(whole);
    const { text } = whole;
    const { value, problems } = check(schema, whole);
    if (problems.length === 0) return { value, text };
    if (repairs === maxRepairs) {
      throw new Failure(
        'OUTPUT_INVALID',
        `The model's answer does not match the output schema, also after ${maxRepairs} repairs. ${problems.join(' ')} Try again, or choose a larger model.`,
        { text, problems },
      );
    }
    meter.repaired();
    turn = [...messages, { role: 'assistant', content: text.slice(0, maxShown) }, repairOf(problems)];
  }
};

const check = (
  schema: OutputSchema,
  { text, generation }: WholeCompletion,
): { readonly value: unknown; readonly problems: readonly string[] } => {
  const value = parse(text);
  if (value === undefined) {
    const isCut = generation.finishReason === 'LENGTH';
    const problem = isCut
      ? 'The answer was cut off at the maximum number of tokens.'
      : 'The answer is not valid JSON.';
    return { value, problems: [problem] };
  }
  return { value, problems: violationsOf(schema, value) };
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const repairOf = (problems: readonly string[]): EngineMessage => ({
  role: 'user',
  content: `Your answer does not match the JSON Schema: ${problems.join(' ')} Answer again, with short texts. Write only the corrected JSON object.`,
});
