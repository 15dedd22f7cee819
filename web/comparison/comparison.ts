import { t } from '@lingui/core/macro';
import { keepDraft, readDraft } from '../messages/drafts.ts';

/** The smallest and the largest number of models that a prompt is compared in. */
export const minModels = 2;
export const maxModels = 4;

/** How a conversation shows the answers to its last question side by side. */
export interface Comparison {
  /** The question that the answers belong to. */
  readonly questionId: string;
  /** The models that were chosen for it. Empty: all its answers are shown. */
  readonly models: readonly string[];
  /** The models whose answers are still to be requested, in this order; the first one is being requested. */
  readonly waiting: readonly string[];
  /** The models that were refused because too many answers ran: they are requested again when one ends. */
  readonly held: readonly string[];
  readonly isShown: boolean;
}

/** An answer to the question. */
export interface ComparedAnswer {
  readonly id: string;
  readonly generation: { readonly model: string } | null | undefined;
}

/** A column of the comparison: the answer of a model, or a model without one. */
export type Lane<Answer extends ComparedAnswer> =
  | { readonly kind: 'answer'; readonly model: string; readonly answer: Answer }
  | { readonly kind: 'missing'; readonly model: string };

/** The heading of an answer that no model of this server has written. */
export const imported = (): string =>
  t({ message: 'Imported', comment: 'An answer that was imported, in place of the name of its model' });

/** Returns the lanes: the latest answer of each chosen model, or else the latest answers, oldest first. */
export const lanesOf = <Answer extends ComparedAnswer>(
  answers: readonly Answer[],
  models: readonly string[],
): readonly Lane<Answer>[] => {
  const lane = (answer: Answer): Lane<Answer> => ({
    kind: 'answer',
    model: answer.generation?.model ?? imported(),
    answer,
  });
  if (models.length === 0) return answers.slice(-maxModels).map(lane);
  return models.map((model) => {
    const answer = answers.findLast(({ generation }) => generation?.model === model);
    return answer ? lane(answer) : { kind: 'missing', model };
  });
};

// A draft's name: signing out deletes it with the drafts.
const nameOf = (conversationId: string): string => `${conversationId}.comparison`;

/** Returns the stored comparison of a conversation, or null. */
export const readComparison = (conversationId: string): Comparison | null => {
  try {
    const stored = JSON.parse(readDraft(nameOf(conversationId)) || 'null') as Partial<Comparison> | null;
    if (typeof stored?.questionId !== 'string') return null;
    const models = namesIn(stored.models);
    const among = (names: unknown) => namesIn(names).filter((model) => models.includes(model));
    return {
      questionId: stored.questionId,
      models,
      waiting: among(stored.waiting),
      held: among(stored.held),
      isShown: stored.isShown === true,
    };
  } catch {
    return null;
  }
};

export const keepComparison = (conversationId: string, comparison: Comparison): void =>
  keepDraft(nameOf(conversationId), JSON.stringify(comparison));

/** Stores the comparison of a question whose first model is already answering. */
export const startComparison = (
  conversationId: string,
  questionId: string,
  models: readonly string[],
): Comparison => {
  const comparison = { questionId, models, waiting: models.slice(1), held: [], isShown: true };
  keepComparison(conversationId, comparison);
  return comparison;
};

const namesIn = (value: unknown): readonly string[] =>
  Array.isArray(value)
    ? value.filter((name): name is string => typeof name === 'string').slice(0, maxModels)
    : [];
