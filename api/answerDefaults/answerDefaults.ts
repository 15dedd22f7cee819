import type { GenerationOptions } from '../conversations/conversation.ts';
import type { Ids } from '../process/ids.ts';

/** The settings that a user's conversations inherit, for one model or for all. */
export interface AnswerDefaults {
  /** Derived from the owner and the model (`answerDefaultsId`). */
  readonly id: string;
  readonly ownerId: string;
  /** The name of the model; null: all models. */
  readonly model: string | null;
  readonly systemPrompt: string | null;
  readonly options: GenerationOptions;
  readonly updatedAt: Date;
}

/** Maximum number of defaults of a user, those for all models included. */
export const maxAnswerDefaults = 100;

export const answerDefaultsId = (ids: Pick<Ids, 'derived'>, ownerId: string, model: string | null): string =>
  ids.derived('answerDefaults', ownerId, model ?? '');
