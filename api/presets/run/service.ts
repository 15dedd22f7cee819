import { demand } from '../../access/permissions.ts';
import type { Viewer } from '../../access/viewer.ts';
import type { GenerationOptions } from '../../conversations/conversation.ts';
import type { Engine, EngineModel, PromptSize } from '../../engine/engine.ts';
import { estimateTextTokens } from '../../engine/estimate.ts';
import { engineTimeout, Failure, promptTooLarge } from '../../errors/failures.ts';
import type { CachePolicy } from '../../generations/cache/key.ts';
import type { Completions, WholeCompletion } from '../../generations/request/completion.ts';
import { type ModelChoice, type Models, withTag } from '../../models/service.ts';
import { monotonicMs } from '../../process/monotonicMs.ts';
import type { DefinitionChecks } from '../definition/checks.ts';
import { checkDefinition } from '../definition/definition.ts';
import { checkValues } from '../definition/values.ts';
import { currentOf, type Preset, type PresetDefinition, type VariableValues } from '../preset.ts';
import type { Question, Workflow, WorkflowCall } from '../workflows/workflow.ts';
import { workflows } from '../workflows/workflows.ts';
import { answerStructured } from './answer.ts';
import { introOf, messagesOf, promptOf } from './prompt.ts';
import { askAll } from './questions.ts';
import type { PresetRun, RunInput } from './run.ts';

export interface PresetPreview {
  readonly systemPrompt: string | null;
  readonly prompt: string;
  readonly model: string;
  /** Of all messages, few-shot examples included. */
  readonly size: PromptSize;
}

export interface RunEstimate {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

export interface PresetRuns {
  /**
   * Runs a preset and waits for its result. Throws `BAD_USER_INPUT` for invalid variables, `RATE_LIMITED` for too many
   * runs, the failures of a completion, `ENGINE_TIMEOUT` after an hour, and `signal.reason`. An answer that doesn't match
   * the output schema is returned as a failed run, with its text.
   */
  run(viewer: Viewer, preset: Preset, input: RunInput, signal: AbortSignal): Promise<PresetRun>;
  /**
   * Checks the variables, and estimates the tokens of a run: of its prompt, and of one answer, without repairs. Throws
   * `BAD_USER_INPUT`.
   */
  estimate(definition: PresetDefinition, variables: unknown): RunEstimate;
  /** Returns the model of a preset's runs, and why it isn't the requested one. Throws `MODEL_NOT_FOUND`, `ENGINE_UNAVAILABLE`. */
  chooseModel(definition: PresetDefinition, model: string | null): Promise<ModelChoice>;
  /** Renders a definition, without generating. Throws `BAD_USER_INPUT`, `RATE_LIMITED`, `MODEL_NOT_FOUND`, `ENGINE_UNAVAILABLE`. */
  preview(viewer: Viewer, definition: unknown, variables: unknown): Promise<PresetPreview>;
}

export interface PresetRunsDeps {
  readonly generations: Pick<Completions, 'complete'>;
  readonly models: Pick<Models, 'list' | 'choose'>;
  readonly engine: Pick<Engine, 'measure'>;
  readonly checks: DefinitionChecks;
}

/** The maximum duration of a run, in ms: many parts on a slow machine take long. */
const maxRunMs = 60 * 60_000;

/**
 * Maximum runs of workflows per user and process. The running limit bounds answers, but a run of many parts waits for it,
 * with its input in memory.
 */
const maxWorkflowRuns = 10;

/** `Retry-After` when `maxWorkflowRuns` is reached, in seconds. */
const retryAfterS = 10;

/** The context that is assumed of a model that doesn't state its own, in tokens. */
const unknownContext = 4_096;
/** The tokens of an answer if the preset sets no maximum. */
const usualAnswer = 1_000;
/** The same for estimates: most answers are shorter than they may be. */
const estimatedAnswer = 400;
/** Models find less in longer parts, so parts don't use the whole of a long context. */
const maxPartTokens = 6_000;
const minPartTokens = 100;
/** Estimates are on the high side, but not always. */
const safetyFactor = 0.9;

export const createPresetRuns = ({ generations, models, engine, checks }: PresetRunsDeps): PresetRuns => {
  /** Running workflows by user. */
  const running = new Map<string, number>();

  /** Returns the function that releases the run. Throws `RATE_LIMITED`. */
  const acquireRun = (userId: string): (() => void) => {
    const count = running.get(userId) ?? 0;
    if (count >= maxWorkflowRuns) {
      throw new Failure(
        'RATE_LIMITED',
        `${maxWorkflowRuns} of your presets are running, the maximum. Wait until one ends, or stop one.`,
        { retryAfter: retryAfterS },
      );
    }
    running.set(userId, count + 1);
    return () => {
      const left = (running.get(userId) ?? 1) - 1;
      if (left > 0) running.set(userId, left);
      else running.delete(userId);
    };
  };

  /** Returns the first installed model of the preset's; if there is none, what the service chooses for the first. */
  const chooseModel = async (
    { model, fallbackModels }: PresetDefinition,
    given: string | null,
  ): Promise<ModelChoice> => {
    if (given !== null || model === null) return models.choose(given);
    const installed = new Set((await models.list()).map(({ name }) => name));
    const usable = [model, ...fallbackModels].find((name) => installed.has(withTag(name)));
    if (usable === undefined || usable === model) return models.choose(model);
    const chosen = await models.choose(usable);
    return { ...chosen, reason: chosen.reason ?? `${model} is not installed, so ${usable} answers.` };
  };

  const run = async (
    viewer: Viewer,
    preset: Preset,
    input: RunInput,
    signal: AbortSignal,
  ): Promise<PresetRun> => {
    const startedAt = monotonicMs();
    const { version, definition } = currentOf(preset);
    const values = checkValues(definition.variables, input.variables);
    const secrets = secretsOf(definition, values);
    const { model, reason } = await chooseModel(definition, input.model);
    const options = { ...definition.options, maxTokens: maxTokensOf(definition.options, model) };
    const texts: string[] = [];
    let [repairs, promptTokens, completionTokens] = [0, 0, 0];
    const meter = {
      count({ text, generation: { usage } }: WholeCompletion) {
        texts.push(text);
        promptTokens += usage?.promptTokens ?? 0;
        completionTokens += usage?.completionTokens ?? 0;
      },
      repaired() {
        repairs += 1;
      },
    };
    const cache: CachePolicy | null = secrets.length > 0 ? 'BYPASS' : null;
    const { background: given = null } = input;
    const background = given && (() => ({ id: given.nextId() }));

    const ask = async ({ values: own, schema, prompt }: Question, aborted: AbortSignal) => {
      const messages = messagesOf(definition, prompt ?? promptOf(definition, own));
      const request = { model: model.name, messages, options, schema, cache, secrets, background } as const;
      return answerStructured(generations, viewer, request, meter, aborted);
    };

    const askPlain = async (): Promise<string> => {
      const messages = messagesOf(definition, promptOf(definition, values));
      const { options: plain } = definition;
      const request = {
        model: model.name,
        messages,
        options: plain,
        format: null,
        cache,
        secrets,
        ...(background && { background: background() }),
      };
      const whole = await (await generations.complete(viewer, request)).whole(signal);
      meter.count(whole);
      return whole.text;
    };

    const work = async (): Promise<Pick<PresetRun, 'text' | 'result'>> => {
      const { outputSchema, workflow } = definition;
      if (workflow !== null) {
        const valid: string[] = [];
        const call: WorkflowCall = {
          values,
          partTokens: partTokensOf(definition, values, workflows[workflow], options, model),
          async ask(questions) {
            const answers = await askAll(questions, ask, signal);
            valid.push(...answers.map(({ text }) => text));
            return answers.map(({ value }) => value);
          },
        };
        const result = await workflows[workflow].run(call);
        return { text: valid.join('\n\n'), result };
      }
      if (outputSchema === null) return { text: await askPlain(), result: null };
      const { text, value } = await ask({ values, schema: outputSchema }, signal);
      return { text, result: value as object };
    };

    const summary = () => ({
      preset,
      version,
      model: model.name,
      modelReason: reason,
      answers: texts.length,
      repairs,
      promptTokens,
      completionTokens,
      durationMs: Math.round(monotonicMs() - startedAt),
    });
    try {
      const { text, result } = await work();
      return { ...summary(), status: 'COMPLETED', error: null, text, result };
    } catch (error) {
      if (!(error instanceof Failure && error.code === 'OUTPUT_INVALID')) throw error;
      const { code, message, details } = error;
      return {
        ...summary(),
        status: 'FAILED',
        error: { code, message },
        text: typeof details.text === 'string' ? details.text : '',
        result: null,
      };
    }
  };

  return {
    async run(viewer, preset, input, signal) {
      demand(viewer, 'generate');
      // The runner of batches has limits of its own, and its turns wait for as long as people ask.
      if (input.background) return run(viewer, preset, input, signal);
      const isLimited = currentOf(preset).definition.workflow !== null;
      const release = isLimited ? acquireRun(viewer.user.id) : null;
      const late = new AbortController();
      const timer = setTimeout(
        () =>
          late.abort(
            engineTimeout('The run took longer than an hour. Split the input, or choose a faster model.'),
          ),
        maxRunMs,
      );
      try {
        return await run(viewer, preset, input, AbortSignal.any([signal, late.signal]));
      } finally {
        clearTimeout(timer);
        release?.();
      }
    },
    estimate(definition, variables) {
      const prompt = promptOf(definition, checkValues(definition.variables, variables));
      const promptTokens = messagesOf(definition, prompt).reduce(
        (sum, { content }) => sum + estimateTextTokens(content) + tokensPerMessage,
        0,
      );
      return { promptTokens, completionTokens: definition.options.maxTokens ?? estimatedAnswer };
    },
    chooseModel,
    async preview(viewer, given, variables) {
      demand(viewer, 'generate');
      const { definition, prompt } = await checks.run(viewer.user.id, () => {
        const checked = checkDefinition(given);
        return { definition: checked, prompt: promptOf(checked, checkValues(checked.variables, variables)) };
      });
      const { model } = await chooseModel(definition, null);
      const { contextLength } = definition.options;
      const messages = messagesOf(definition, prompt);
      const size = await engine.measure(model.name, messages, undefined, contextLength);
      return { systemPrompt: definition.systemPrompt, prompt, model: model.name, size };
    },
  };
};

const secretsOf = ({ variables }: PresetDefinition, values: VariableValues): readonly string[] =>
  variables.flatMap(({ name, type }) => {
    const value = values[name];
    return type === 'SECRET' && typeof value === 'string' ? [value] : [];
  });

const contextOf = (options: GenerationOptions, { contextLength }: EngineModel): number =>
  Math.min(options.contextLength ?? Number.POSITIVE_INFINITY, contextLength ?? unknownContext);

/** An answer gets a third of a short context, so that the prompt has room too. */
const maxTokensOf = (options: GenerationOptions, model: EngineModel): number =>
  Math.max(1, Math.min(options.maxTokens ?? usualAnswer, Math.floor(contextOf(options, model) / 3)));

/** Returns the tokens that are left for a part of the input. Throws `PROMPT_TOO_LARGE` if they are too few. */
const partTokensOf = (
  definition: PresetDefinition,
  values: VariableValues,
  { input, shortened = [] }: Pick<Workflow, 'input' | 'shortened'>,
  options: GenerationOptions & { readonly maxTokens: number },
  model: EngineModel,
): number => {
  const context = contextOf(options, model);
  const rest = [
    ...introOf(definition).map(({ content }) => content),
    promptOf(definition, {
      ...values,
      ...Object.fromEntries([input, ...shortened].map((name) => [name, ''])),
    }),
  ];
  const fixed = rest.reduce((sum, text) => sum + estimateTextTokens(text) + tokensPerMessage, 0);
  const left = Math.floor((context - options.maxTokens - fixed) * safetyFactor);
  if (left < minPartTokens) throw promptTooLarge(fixed + options.maxTokens + minPartTokens, context);
  return Math.min(left, maxPartTokens);
};

/** The tokens that a chat template puts around each message. */
const tokensPerMessage = 6;
