import type { AgentAction } from './agent.ts';

/**
 * `DIAGNOSING`: the model works. `ACTING`: the agent carries out the proposed action and reports its result. `NEEDS_PERSON`:
 * a person decides. `HEALED`: an action succeeded. `CLOSED`: a person closed it.
 */
export const healingStatuses = ['DIAGNOSING', 'ACTING', 'NEEDS_PERSON', 'HEALED', 'CLOSED'] as const;

export type HealingStatus = (typeof healingStatuses)[number];

/** What the agent reported about an action. */
export interface ActionResult {
  /** Identifies the report: a repeated one changes nothing. */
  readonly eventId: string;
  readonly succeeded: boolean;
  /** The end of the output. */
  readonly output: string;
  readonly at: Date;
}

export interface HealingRound {
  /** Starts at 1. */
  readonly number: number;
  /** The end of the log. */
  readonly log: string;
  readonly state: string;
  readonly diagnosis: string;
  /** Null: no declared action helps. */
  readonly action: string | null;
  readonly explanation: string;
  /** From 0 to 1; null: a person chose the action. */
  readonly confidence: number | null;
  /** Null: not reported. */
  readonly result: ActionResult | null;
  readonly at: Date;
}

/** What is to be diagnosed. */
export interface PendingFailure {
  readonly log: string;
  readonly state: string;
}

/** The attempts to heal one failure of an agent. */
export interface Healing {
  /** ULID. */
  readonly id: string;
  readonly ownerId: string;
  /** The agent that reported it; it may be deleted by now. */
  readonly reporterId: string;
  /** The id of the agent in the owner's system. */
  readonly agentId: string;
  /** Identifies the report: of several with the same id, one makes a healing. */
  readonly eventId: string;
  /** The actions that were declared when the failure was reported. */
  readonly actions: readonly AgentAction[];
  readonly maxRounds: number;
  /** From 0 to 1. */
  readonly minConfidence: number;
  readonly status: HealingStatus;
  /** Why a person is asked; empty: none is. */
  readonly question: string;
  /** The failure whose diagnosis is pending; null: none. A failed diagnosis leaves it, so that a repeated report resumes it. */
  readonly pending: PendingFailure | null;
  readonly rounds: readonly HealingRound[];
  /** What the person who closed it wrote. */
  readonly note: string;
  /** Increases with every write. */
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Maximum UTF-16 units, and other bounds. */
export const healingLimits = {
  agentId: 200,
  eventId: 100,
  log: 100_000,
  state: 20_000,
  output: 20_000,
  reason: 2_000,
  /** What is kept of a failure until it is diagnosed, from its end. */
  pendingLog: 20_000,
  pendingState: 5_000,
  /** What is kept of a log, a state and an output in a round. */
  keptText: 2_000,
  rounds: 10,
  usualRounds: 3,
  usualConfidence: 0.6,
  /** Agents of a user. */
  agents: 100,
  /** Unfinished healings of a user. */
  open: 50,
  /** Healings of a user; the oldest finished ones are dropped. */
  kept: 100,
} as const;

/** The interval at which a process renews its claim of a diagnosis, in ms. */
export const renewMs = 10_000;

/** A diagnosis whose claim is older was interrupted, in ms. */
export const claimMs = 45_000;

/** An agent reports the result of an action within this time, in ms. */
export const maxActionMs = 24 * 60 * 60_000;

/** Healings that were last changed before these times need a person, whatever their status. */
export interface StaleBefore {
  readonly diagnosing: Date;
  readonly acting: Date;
}

export const staleAt = (now: Date): StaleBefore => ({
  diagnosing: new Date(now.getTime() - claimMs),
  acting: new Date(now.getTime() - maxActionMs),
});

/** Returns the healing with the status that it has by now. */
export const healingAt = (healing: Healing, now: Date): Healing => {
  const { diagnosing, acting } = staleAt(now);
  const { status, updatedAt } = healing;
  if (status === 'DIAGNOSING' && updatedAt < diagnosing) {
    return {
      ...healing,
      status: 'NEEDS_PERSON',
      question: 'The server stopped while it diagnosed the failure.',
    };
  }
  if (status === 'ACTING' && updatedAt < acting) {
    return { ...healing, status: 'NEEDS_PERSON', question: 'The agent reported no result within 24 hours.' };
  }
  return healing;
};

export const isOpen = ({ status }: Pick<Healing, 'status'>): boolean =>
  status !== 'HEALED' && status !== 'CLOSED';
