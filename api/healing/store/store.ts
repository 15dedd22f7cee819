import type { Page, PageRequest, TimeKey } from '../../paging/pages.ts';
import type { HealingAgent } from '../agent.ts';
import type { Healing, HealingStatus, StaleBefore } from '../healing.ts';

export interface HealingLimits {
  /** Maximum unfinished healings of the owner. */
  readonly open: number;
  /** Maximum healings of the owner: the oldest finished ones are dropped. */
  readonly kept: number;
}

/** `DUPLICATE`: there is one with the same key. `FULL`: the owner has the maximum. In both cases, nothing is written. */
export type InsertOutcome = 'INSERTED' | 'DUPLICATE' | 'FULL';

/** Stores the agents of users, and their healings. */
export interface HealingStore {
  /** Writes an agent; its key is the owner's `agentId`. Of simultaneous calls with one key, one inserts. */
  insertAgent(agent: HealingAgent, max: number): Promise<InsertOutcome>;
  findAgent(ownerId: string, id: string): Promise<HealingAgent | null>;
  /** Returns an agent of any owner: for the check of its signature. */
  findAgentAnyOwner(id: string): Promise<HealingAgent | null>;
  /** Returns a page of the owner's agents, newest first. */
  pageOfAgents(ownerId: string, page: PageRequest<TimeKey>): Promise<Page<HealingAgent>>;
  /** Deletes an agent; its healings are kept. Returns whether there was one. */
  deleteAgent(ownerId: string, id: string): Promise<boolean>;
  /** Returns all agents of an owner, oldest first. */
  agentsOfOwner(ownerId: string): Promise<readonly HealingAgent[]>;

  /** Writes a healing; its key is the reporter's `eventId`. Of simultaneous calls with one key, one inserts. */
  insert(healing: Healing, limits: HealingLimits): Promise<InsertOutcome>;
  find(ownerId: string, id: string): Promise<Healing | null>;
  findByEvent(reporterId: string, eventId: string): Promise<Healing | null>;
  /** Returns the newest healing of each agent, in the order of `agentIds`; null for an agent without one. */
  latestOf(ownerId: string, agentIds: readonly string[]): Promise<readonly (Healing | null)[]>;
  /**
   * Returns a page of the owner's healings, newest first. `status`: only these; null: all. Stale ones count as
   * `NEEDS_PERSON`.
   */
  page(
    ownerId: string,
    status: HealingStatus | null,
    stale: StaleBefore,
    page: PageRequest<TimeKey>,
  ): Promise<Page<Healing>>;
  /** Replaces a healing if it still has the revision before `healing.revision`. Returns whether it had. */
  replace(healing: Healing): Promise<boolean>;
  /** Returns all healings of an owner, oldest first. */
  ofOwner(ownerId: string): Promise<readonly Healing[]>;
  /** Deletes the owner's agents and healings. */
  deleteOfOwner(ownerId: string): Promise<void>;
}
