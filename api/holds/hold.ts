import { Failure } from '../errors/failures.ts';

/** A legal hold: while it exists, the data that it covers can neither expire nor be deleted. */
export interface LegalHold {
  /** ULID. */
  readonly id: string;
  /** The user whose data is held. */
  readonly ownerId: string;
  /** The held conversation; null: all data of the user. */
  readonly conversationId: string | null;
  /** Why the data is held, such as the name of a case. */
  readonly reason: string;
  /** The name of the administrator who placed it, at that time. */
  readonly placedBy: string;
  readonly createdAt: Date;
}

/** Whether the hold covers the conversation. */
export const covers = (hold: LegalHold, conversationId: string | null): boolean =>
  hold.conversationId === null || hold.conversationId === conversationId;

/** Maximum length of the reason in UTF-16 units, and maximum holds on the data of one user. */
export const holdLimits = { reason: 500, perUser: 100 } as const;

export const underHold = (): Failure =>
  new Failure(
    'CONFLICT',
    'This is under a legal hold, so it can’t be deleted. An administrator has to release the hold first.',
  );
