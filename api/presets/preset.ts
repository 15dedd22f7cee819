import type { GenerationOptions } from '../conversations/conversation.ts';

/** The types of a variable's value. A secret is used for one run and never stored. */
export const variableTypes = ['TEXT', 'LONG_TEXT', 'FILE', 'CHOICE', 'NUMBER', 'BOOLEAN', 'SECRET'] as const;

export type VariableType = (typeof variableTypes)[number];

/** Built-in ways to split an input, join the answers and check them. Each has a result type of its own. */
export const workflowNames = [
  'ERROR_EXPLANATION',
  'MEETING_SUMMARY',
  'CODE_REVIEW',
  'DOCKER_PLAN',
  'AGENT_HEALING',
] as const;

export type WorkflowName = (typeof workflowNames)[number];

/** A JSON Schema of an object. */
export type OutputSchema = Readonly<Record<string, unknown>>;

export interface PresetVariable {
  /** The name in the template: letters, digits and `_`. */
  readonly name: string;
  /** The label of the form's field. */
  readonly label: string;
  readonly type: VariableType;
  readonly description: string | null;
  readonly required: boolean;
  /** The values of a `CHOICE`; empty for other types. */
  readonly choices: readonly string[];
  /** Null: none. */
  readonly default: VariableValue | null;
}

export type VariableValue = string | number | boolean;

export type VariableValues = Readonly<Record<string, VariableValue>>;

/** A few-shot example: a prompt and the answer to it. */
export interface PresetExample {
  readonly input: string;
  readonly output: string;
}

/** What a preset does. Each change of it is a new version. */
export interface PresetDefinition {
  /** Identifies the preset in URLs and slash commands: `code-review`. Unique per owner. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** An emoji; empty: none. */
  readonly icon: string;
  readonly tags: readonly string[];
  readonly systemPrompt: string | null;
  /** A Mustache template of the prompt. */
  readonly template: string;
  readonly variables: readonly PresetVariable[];
  readonly examples: readonly PresetExample[];
  /** Null: the default model. */
  readonly model: string | null;
  /** Used in this order if the model isn't installed. */
  readonly fallbackModels: readonly string[];
  readonly options: GenerationOptions;
  /** Null: the answer is text, unless the workflow has a schema. */
  readonly outputSchema: OutputSchema | null;
  readonly workflow: WorkflowName | null;
}

export interface PresetVersion {
  /** Starts at 1. */
  readonly version: number;
  readonly definition: PresetDefinition;
  readonly createdAt: Date;
}

export interface Preset {
  /** A ULID; for a built-in preset, its name. */
  readonly id: string;
  /** Null: built-in. */
  readonly ownerId: string | null;
  /** Whether all users see it. Built-in presets are shared. */
  readonly isShared: boolean;
  /** Increases with every write. */
  readonly revision: number;
  /** Oldest first, at least one, at most `maxVersions`: older ones are dropped. */
  readonly versions: readonly PresetVersion[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Maximum versions that are kept for each preset. */
export const maxVersions = 20;

/** Maximum UTF-16 units of all versions of a preset together, as JSON. */
const maxVersionsLength = 400_000;

/** Returns the newest versions within the limits, at least one. */
export const keptVersions = (versions: readonly PresetVersion[]): readonly PresetVersion[] => {
  const kept = versions.slice(-maxVersions);
  let length = JSON.stringify(kept).length;
  while (kept.length > 1 && length > maxVersionsLength) length -= JSON.stringify(kept.shift()).length;
  return kept;
};

/** Returns the current version. */
export const currentOf = ({ versions }: Pick<Preset, 'versions'>): PresetVersion => {
  const last = versions.at(-1);
  if (last === undefined) throw new Error('a preset has no version');
  return last;
};

/** What lists and searches need of a preset. */
export type PresetSummary = Pick<Preset, 'id' | 'ownerId' | 'isShared'> &
  Pick<PresetDefinition, 'name' | 'title' | 'description' | 'tags'>;

export const summaryOf = (preset: Preset): PresetSummary => {
  const { id, ownerId, isShared } = preset;
  const { name, title, description, tags } = currentOf(preset).definition;
  return { id, ownerId, isShared, name, title, description, tags };
};
