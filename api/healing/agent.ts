import { createHmac } from 'node:crypto';
import { badInput } from '../errors/failures.ts';
import { checkActions, type DeclaredAction } from '../presets/workflows/agentHealing/agentHealing.ts';
import { healingLimits } from './healing.ts';

/** An action that the owner of an agent declared. */
export interface AgentAction extends DeclaredAction {
  /** Whether a person approves each run of it, however sure the model is. */
  readonly needsApproval: boolean;
}

/** An agent that reports its failures. Only its owner declares what it can do about them: no report adds an action. */
export interface HealingAgent {
  /** ULID. */
  readonly id: string;
  readonly ownerId: string;
  /** The id of the agent in the owner's system, such as the Control Center. Unique for each owner. */
  readonly agentId: string;
  readonly actions: readonly AgentAction[];
  /** After this many rounds, a person is asked. */
  readonly maxRounds: number;
  /** From 0 to 1. Below it, a person is asked. */
  readonly minConfidence: number;
  readonly createdAt: Date;
}

export interface NewAgent {
  readonly agentId: string;
  readonly actions: readonly (DeclaredAction & { readonly needsApproval?: boolean | null | undefined })[];
  /** Absent: the usual number. */
  readonly maxRounds?: number | null | undefined;
  /** Absent: the usual one. */
  readonly minConfidence?: number | null | undefined;
}

/** Checks an agent and fills in what is absent. Throws `BAD_USER_INPUT`. */
export const checkAgent = (given: NewAgent): Omit<HealingAgent, 'id' | 'ownerId' | 'createdAt'> => {
  const { agentId } = given;
  if (agentId.trim() === '' || agentId.length > healingLimits.agentId) {
    throw badInput(
      'agentId',
      `agentId must have 1 to ${healingLimits.agentId} characters. Send the id of the agent in your system.`,
    );
  }
  checkActions('actions', given.actions);
  const maxRounds = given.maxRounds ?? healingLimits.usualRounds;
  if (!Number.isInteger(maxRounds) || maxRounds < 1 || maxRounds > healingLimits.rounds) {
    throw badInput('maxRounds', `maxRounds is ${maxRounds}; it must be from 1 to ${healingLimits.rounds}.`);
  }
  const minConfidence = given.minConfidence ?? healingLimits.usualConfidence;
  if (!(minConfidence >= 0 && minConfidence <= 1)) {
    throw badInput('minConfidence', `minConfidence is ${minConfidence}; it must be from 0 to 1.`);
  }
  const actions = given.actions.map(({ name, description, needsApproval }) => ({
    name,
    description,
    needsApproval: needsApproval ?? false,
  }));
  return { agentId, actions, maxRounds, minConfidence };
};

/**
 * Returns the secret with which an agent signs its events. It is derived and not stored: a copy of the store has no
 * secrets, and they change with the server's own secret.
 */
export const agentSecretOf = (signingKey: Uint8Array, id: string): string =>
  createHmac('sha256', signingKey).update(`ziggie-llm healing agent ${id}`).digest('base64url');
