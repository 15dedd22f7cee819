export const toolCallStates = {
  PENDING: 'The model asked for it, and it has not begun.',
  WAITING: 'It waits until the user allows or denies it, with `decideToolCall`.',
  RUNNING: 'It runs.',
  SUCCEEDED: 'It ended, and the model has the result.',
  FAILED: 'It failed, and the model was told why.',
  DENIED:
    'It was not run: the user denied it, did not decide in time, or may not use the tool. The model was told so.',
  CANCELLED: 'Its answer ended before it did. It may have run.',
} as const;

export type ToolCallState = keyof typeof toolCallStates;

export type ToolDecision = 'ALLOW' | 'DENY';

/**
 * Why a call was denied: by the user, because the user did not decide in time, because the user may not use the tool, or because
 * no further call may wait for a decision.
 */
export type ToolDenial = 'USER' | 'UNDECIDED' | 'FORBIDDEN' | 'LIMIT';

/** A call of a tool that a model asked for. Times are in ISO 8601. */
export interface ToolCall {
  /** Unique within its answer. */
  readonly id: string;
  /** The name that the model gave: the tool may not exist. */
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** The model's request that it belongs to, from 1: a request may ask for several calls. */
  readonly round: number;
  /** The length of the answer's text before the call, in UTF-16 code units. */
  readonly offset: number;
  readonly state: ToolCallState;
  /** Whether the user has to allow it: its tool may change something. Absent in rows of earlier releases. */
  readonly needsConfirmation?: boolean;
  /** Whether the user allowed it. */
  readonly isAllowed: boolean;
  /** When it began to wait for the user. Absent: it never did. */
  readonly waitingSince?: string;
  /** Until when the user can decide. Absent: it never waited. */
  readonly decideBefore?: string;
  /** When the user decided, or the wait ended without a decision. */
  readonly decidedAt?: string;
  /** Absent unless the state is `DENIED`. */
  readonly denial?: ToolDenial;
  /** The text that the model got; null before the end. */
  readonly result: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

/** The tools of an answer, and their calls. */
export interface ToolUse {
  /** The tools that the model may call. */
  readonly names: readonly string[];
  /** The API key that asked for the answer, whose scopes limit the calls; null: none. */
  readonly apiKeyId: string | null;
  /** Oldest first. */
  readonly calls: readonly ToolCall[];
}

const openStates: readonly ToolCallState[] = ['PENDING', 'WAITING', 'RUNNING'];

export const isEnded = ({ state }: Pick<ToolCall, 'state'>): boolean => !openStates.includes(state);

const notCalled = 'The answer ended before the tool was called. It was not called.';
const mayHaveRun = 'The answer ended during the call. It is unknown whether the tool ran.';

/** Returns the calls of an answer that ends: those that have not ended are cancelled, and an earlier permission has no effect. */
export const callsAtEnd = (calls: readonly ToolCall[], finishedAt: Date | null): readonly ToolCall[] =>
  calls.map((call) =>
    isEnded(call)
      ? call
      : {
          ...call,
          state: 'CANCELLED',
          isAllowed: false,
          result: call.state === 'RUNNING' ? mayHaveRun : notCalled,
          finishedAt: finishedAt?.toISOString() ?? null,
        },
  );
