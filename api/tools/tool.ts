import type { Role } from '../access/user.ts';
import type { Viewer } from '../access/viewer.ts';
import { Failure } from '../errors/failures.ts';

/** What a model gets to know about a tool. */
export interface ToolDescription {
  readonly description: string;
  /** A JSON Schema of an object: the arguments of a call. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface ToolResult {
  /** What the model gets. */
  readonly text: string;
  /** Whether the tool reports that it failed; `text` says why. */
  readonly isError: boolean;
  /** Whether it is unknown what the call has done. `text` must not ask to try again. Absent: it is known. */
  readonly isLost?: boolean;
}

/** Thrown by a tool whose call may have run, although no result of it arrived. */
export class CallLost extends Failure {}

export interface ToolContext {
  /** The user for whom the model calls the tool, with their present rights. */
  readonly viewer: Viewer;
  /** The id of the call, for the audit log. */
  readonly callId: string;
  /** Aborts when the call has taken too long, or when its answer is cancelled. */
  readonly signal: AbortSignal;
}

/** A tool that this server runs when a model calls it. An administrator configures all tools. */
export interface Tool {
  /** Unique: letters, digits, `_` and `-`, at most 64. */
  readonly name: string;
  /** The roles that may use it. */
  readonly roles: readonly Role[];
  /** Whether a call changes nothing. A call of any other tool waits until the user allows it, and is never repeated. */
  readonly isReadOnly: boolean;
  /** The maximum duration of a call, in ms. */
  readonly timeoutMs: number;
  /** Throws a `Failure` if the tool is unavailable. */
  describe(signal: AbortSignal): Promise<ToolDescription>;
  /**
   * Runs a call. Throws a `Failure` whose message the model gets: a `CallLost` if the call may have run. Throws any other
   * error for a defect. The caller limits the
   * time; the size of the result is limited here to what is safe to hold in memory.
   */
  call(given: Readonly<Record<string, unknown>>, context: ToolContext): Promise<ToolResult>;
}

/** The limits of an answer whose tools this server runs. */
export const toolLimits = {
  /** Tools of an answer. */
  tools: 16,
  /** Calls of an answer. */
  calls: 16,
  /** Requests of the model that lead to calls. */
  rounds: 8,
  /** Calls in a row that fail until the answer fails. */
  failures: 3,
  /** How long a call waits for the user's decision until it counts as denied, in ms. */
  decisionMs: 5 * 60_000,
  /** How long all calls of an answer may wait together since it was asked for or continued, in ms. */
  decisionsMs: 15 * 60_000,
  /** Characters of the arguments of a call, as JSON. */
  arguments: 8_192,
  /** Characters of a result; the rest is left out. */
  result: 16_384,
  /** Characters of a tool's description, and of its JSON Schema. */
  description: 1_024,
  schema: 16_384,
  name: 64,
} as const;

export const isToolName = (name: string): boolean => /^[A-Za-z0-9_-]{1,64}$/.test(name);
