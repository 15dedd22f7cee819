import type { OutputSchema, PresetDefinition, VariableValues } from '../preset.ts';

/** A prompt whose answer must match a schema. */
export interface Question {
  /** The values of the template. */
  readonly values: VariableValues;
  readonly schema: OutputSchema;
  /** Replaces the rendered template. */
  readonly prompt?: string;
}

/** What a workflow gets for one run. */
export interface WorkflowCall {
  readonly values: VariableValues;
  /** Maximum estimated tokens of one part of the input. */
  readonly partTokens: number;
  /** Asks the questions, a few at a time. Returns the answers in their order; each matches its schema. */
  ask(questions: readonly Question[]): Promise<readonly unknown[]>;
}

/** A built-in way to split an input, join the answers and check them. */
export interface Workflow<Result extends object = object> {
  /** The variable with the input, which a preset of this workflow must declare. */
  readonly input: string;
  /** Optional variables with long texts that the workflow shortens to fit. */
  readonly shortened?: readonly string[];
  /** The JSON Schema of the result. */
  readonly schema: OutputSchema;
  /** Throws `BAD_USER_INPUT` for an input that it can't read or that is too long. */
  run(call: WorkflowCall): Promise<Result>;
}

/** Maximum parts of one input. A longer input would occupy the engine for hours. */
export const maxParts = 40;

export type DefinitionOutput = Pick<PresetDefinition, 'workflow' | 'outputSchema'>;
