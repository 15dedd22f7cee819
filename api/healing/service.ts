import { setTimeout as delay } from 'node:timers/promises';
import { demand, may } from '../access/permissions.ts';
import type { Viewer } from '../access/viewer.ts';
import { badInput, Failure, notFound } from '../errors/failures.ts';
import type { Page, PageRequest, TimeKey } from '../paging/pages.ts';
import type { Ids } from '../process/ids.ts';
import { agentSecretOf, checkAgent, type HealingAgent, type NewAgent } from './agent.ts';
import { createDiagnoses, type DiagnosesDeps } from './diagnosis.ts';
import {
  type Healing,
  type HealingRound,
  type HealingStatus,
  healingAt,
  healingLimits,
  isOpen,
  staleAt,
} from './healing.ts';
import type { HealingStore } from './store/store.ts';

export interface FailureReport {
  /** Identifies the report; absent: it is a new one. */
  readonly eventId?: string | null | undefined;
  readonly log: string;
  readonly state?: string | null | undefined;
}

export interface ResultReport {
  /** The agent that signed the report, which knows only its own healings; absent: the owner reports. */
  readonly reporterId?: string;
  readonly eventId?: string | null | undefined;
  /** The number of the round whose action ran. */
  readonly round: number;
  readonly succeeded: boolean;
  readonly output?: string | null | undefined;
  /** The log after a failed action; absent: the output. */
  readonly log?: string | null | undefined;
  /** Absent: unchanged. */
  readonly state?: string | null | undefined;
}

/** An agent with its secret, which is shown once. */
export interface RegisteredAgent {
  readonly agent: HealingAgent;
  readonly secret: string;
}

/**
 * Heals agents in rounds: diagnosis, proposed action, its result. A person decides where the model is unsure. Reports with a
 * known event id change nothing, and return the current state: agents may repeat them. A report waits at most 50 seconds
 * for its diagnosis, which goes on.
 */
export interface Healings {
  /** Registers an agent. Throws `BAD_USER_INPUT`, and `CONFLICT` for a registered `agentId` or too many agents. */
  register(viewer: Viewer, agent: NewAgent): Promise<RegisteredAgent>;
  /** Deletes an agent, and so its secret. Its healings are kept. Throws `NOT_FOUND`. */
  remove(viewer: Viewer, id: string): Promise<HealingAgent>;
  pageOfAgents(viewer: Viewer, page: PageRequest<TimeKey>): Promise<Page<HealingAgent>>;
  /** Returns agents in the order of `ids`; null for one that doesn't exist or isn't the viewer's. */
  findAgents(viewer: Viewer, ids: readonly string[]): Promise<readonly (HealingAgent | null)[]>;

  /**
   * Diagnoses a failure of an agent. Throws `NOT_FOUND`, `BAD_USER_INPUT`, `CONFLICT` for too many unfinished healings,
   * and as `PresetRuns.run`: then a person is asked, and the same report resumes it.
   */
  reportFailure(viewer: Viewer, agentId: string, report: FailureReport): Promise<Healing>;
  /**
   * Takes the result of a proposed action, and diagnoses again if it failed and rounds are left. Throws as
   * `reportFailure`, and `CONFLICT` for another round or a healing that waits for no result.
   */
  reportResult(viewer: Viewer, id: string, report: ResultReport): Promise<Healing>;
  /** Lets the agent run one of its declared actions. Throws `NOT_FOUND`, `BAD_USER_INPUT`, `CONFLICT`. */
  approve(viewer: Viewer, id: string, action: string, reason: string): Promise<Healing>;
  /** Closes an unfinished healing. Throws `NOT_FOUND`, `BAD_USER_INPUT`, `CONFLICT`. */
  close(viewer: Viewer, id: string, reason: string): Promise<Healing>;
  /** Returns a page of the viewer's healings, newest first. */
  page(viewer: Viewer, status: HealingStatus | null, page: PageRequest<TimeKey>): Promise<Page<Healing>>;
  /** Returns healings in the order of `ids`; null for one that doesn't exist or isn't the viewer's. */
  findMany(viewer: Viewer, ids: readonly string[]): Promise<readonly (Healing | null)[]>;
  /** Returns the viewer's newest healing of each agent, by the ids of the viewer's own system; null: none. */
  latestOf(viewer: Viewer, agentIds: readonly string[]): Promise<readonly (Healing | null)[]>;
  /** Ends the diagnoses of this process: a person is asked. */
  stop(): Promise<void>;
}

export interface HealingsDeps extends DiagnosesDeps {
  readonly store: HealingStore;
  /** The secrets of agents are derived from it. */
  readonly signingKey: Uint8Array;
  readonly ids: Ids;
}

/** Less than the time after which proxies usually end a request, in ms. */
const maxWaitMs = 50_000;

export const createHealings = (deps: HealingsDeps): Healings => {
  const { store, signingKey, ids, clock } = deps;
  const diagnoses = createDiagnoses(deps);
  const { replace } = diagnoses;

  const find = async (viewer: Viewer, id: string): Promise<Healing> => {
    const found = await store.find(viewer.user.id, id);
    if (!found) throw notFound('healing');
    return healingAt(found, clock());
  };

  /** Waits for a diagnosis in this process, and returns the state by then. */
  const waitFor = async (diagnosed: Promise<Healing>, { ownerId, id }: Healing): Promise<Healing> => {
    const timer = new AbortController();
    const late = delay(maxWaitMs, null, { signal: timer.signal, ref: false }).catch(() => null);
    try {
      const done = await Promise.race([diagnosed, late]);
      if (done) return done;
    } finally {
      timer.abort();
    }
    const current = await store.find(ownerId, id);
    if (!current) throw notFound('healing');
    return healingAt(current, clock());
  };

  /** Continues a diagnosis that failed or was interrupted. Returns any other healing as it is. */
  const resume = async (viewer: Viewer, healing: Healing): Promise<Healing> => {
    const running = diagnoses.running(healing.id);
    if (running) return waitFor(running, healing);
    const current = healingAt(healing, clock());
    if (current.status !== 'NEEDS_PERSON' || current.pending === null) return current;
    const claimed = await replace(current, { status: 'DIAGNOSING', question: '' });
    return waitFor(diagnoses.run(viewer, claimed), claimed);
  };

  return {
    async register(viewer, given) {
      demand(viewer, 'decideHealings');
      const agent: HealingAgent = {
        ...checkAgent(given),
        id: ids.next(),
        ownerId: viewer.user.id,
        createdAt: clock(),
      };
      const outcome = await store.insertAgent(agent, healingLimits.agents);
      if (outcome === 'DUPLICATE') {
        throw new Failure('CONFLICT', `The agent ${agent.agentId} is registered already. Delete it first.`);
      }
      if (outcome === 'FULL') {
        throw new Failure(
          'CONFLICT',
          `You have ${healingLimits.agents} agents, the maximum. Delete one that is no longer used.`,
        );
      }
      return { agent, secret: agentSecretOf(signingKey, agent.id) };
    },

    async remove(viewer, id) {
      demand(viewer, 'decideHealings');
      const agent = await store.findAgent(viewer.user.id, id);
      if (!agent || !(await store.deleteAgent(viewer.user.id, id))) throw notFound('agent');
      return agent;
    },

    async pageOfAgents(viewer, page) {
      demand(viewer, 'read');
      return store.pageOfAgents(viewer.user.id, page);
    },

    findAgents: (viewer, agentIds) =>
      Promise.all(agentIds.map((id) => (may(viewer, 'read') ? store.findAgent(viewer.user.id, id) : null))),

    async reportFailure(viewer, agentId, report) {
      demand(viewer, 'generate');
      const agent = await store.findAgent(viewer.user.id, agentId);
      if (!agent) throw notFound('agent');
      const log = checkLength('log', report.log);
      const state = checkLength('state', report.state ?? '');
      if (!/[\p{L}\p{N}]/u.test(log)) throw badInput('log', 'log contains no text. Send the end of the log.');
      const createdAt = clock();
      const healing: Healing = {
        id: ids.next(),
        ownerId: viewer.user.id,
        reporterId: agent.id,
        agentId: agent.agentId,
        eventId: checkEventId(report.eventId) ?? ids.next(),
        actions: agent.actions,
        maxRounds: agent.maxRounds,
        minConfidence: agent.minConfidence,
        status: 'DIAGNOSING',
        question: '',
        pending: pendingOf(log, state),
        rounds: [],
        note: '',
        revision: 1,
        createdAt,
        updatedAt: createdAt,
      };
      switch (await store.insert(healing, healingLimits)) {
        case 'INSERTED':
          return waitFor(diagnoses.run(viewer, healing), healing);
        case 'DUPLICATE': {
          const known = await store.findByEvent(agent.id, healing.eventId);
          if (!known) throw notFound('healing');
          return resume(viewer, known);
        }
        default:
          throw new Failure(
            'CONFLICT',
            `${healingLimits.open} healings of yours are unfinished, the maximum. Close some in the inbox.`,
          );
      }
    },

    async reportResult(viewer, id, report) {
      demand(viewer, 'generate');
      const eventId = checkEventId(report.eventId) ?? ids.next();
      const output = checkLength('output', report.output ?? '');
      const given = {
        log: checkLength('log', report.log ?? ''),
        state: checkLength('state', report.state ?? ''),
      };
      const healing = await find(viewer, id);
      if ((report.reporterId ?? healing.reporterId) !== healing.reporterId) throw notFound('healing');
      if (healing.rounds.some(({ result }) => result?.eventId === eventId)) return resume(viewer, healing);
      const current = healing.rounds.at(-1);
      if (healing.status !== 'ACTING' || current?.number !== report.round) {
        throw new Failure(
          'CONFLICT',
          healing.status === 'ACTING'
            ? `Round ${current?.number} waits for a result, not round ${report.round}.`
            : `The healing waits for no result: it is ${healing.status}.`,
        );
      }
      const { succeeded } = report;
      const result = { eventId, succeeded, output: output.slice(-healingLimits.keptText), at: clock() };
      const rounds = [...healing.rounds.slice(0, -1), { ...current, result }];
      if (succeeded) return replace(healing, { rounds, status: 'HEALED' });
      if (rounds.length >= healing.maxRounds) {
        const question = `${rounds.length} of ${healing.maxRounds} rounds did not heal the agent.`;
        return replace(healing, { rounds, status: 'NEEDS_PERSON', question });
      }
      const log = [given.log, output, current.log].find((text) => text.trim() !== '') ?? '';
      const pending = pendingOf(log, given.state === '' ? current.state : given.state);
      // Of two simultaneous reports, one is diagnosed.
      const claimed = await replace(healing, { rounds, pending, status: 'DIAGNOSING' });
      return waitFor(diagnoses.run(viewer, claimed), claimed);
    },

    async approve(viewer, id, action, reason) {
      demand(viewer, 'decideHealings');
      checkLength('reason', reason);
      const healing = await find(viewer, id);
      if (healing.status !== 'NEEDS_PERSON') {
        throw new Failure('CONFLICT', `The healing needs no decision: it is ${healing.status}.`);
      }
      if (!healing.actions.some(({ name }) => name === action)) {
        const names = healing.actions.map(({ name }) => name).join(', ');
        throw badInput('action', `The agent did not declare this action. Its actions: ${names}.`);
      }
      if (healing.rounds.length >= maxStoredRounds) {
        throw new Failure('CONFLICT', `The healing had ${maxStoredRounds} rounds, the maximum. Close it.`);
      }
      const last = healing.rounds.at(-1);
      const { log, state } = healing.pending ?? last ?? { log: '', state: '' };
      const round: HealingRound = {
        number: healing.rounds.length + 1,
        log: log.slice(-healingLimits.keptText),
        state: state.slice(0, healingLimits.keptText),
        diagnosis: last?.diagnosis ?? '',
        action,
        explanation: reason.trim(),
        confidence: null,
        result: null,
        at: clock(),
      };
      const rounds = [...healing.rounds, round];
      return replace(healing, { rounds, pending: null, status: 'ACTING', question: '' });
    },

    async close(viewer, id, reason) {
      demand(viewer, 'decideHealings');
      checkLength('reason', reason);
      const healing = await find(viewer, id);
      if (!isOpen(healing)) throw new Failure('CONFLICT', `The healing is ${healing.status} already.`);
      return replace(healing, { status: 'CLOSED', pending: null, question: '', note: reason.trim() });
    },

    async page(viewer, status, page) {
      demand(viewer, 'read');
      const now = clock();
      const found = await store.page(viewer.user.id, status, staleAt(now), page);
      return { ...found, items: found.items.map((healing) => healingAt(healing, now)) };
    },

    async findMany(viewer, healingIds) {
      if (!may(viewer, 'read')) return healingIds.map(() => null);
      const found = await Promise.all(healingIds.map((id) => store.find(viewer.user.id, id)));
      return found.map((healing) => healing && healingAt(healing, clock()));
    },

    async latestOf(viewer, agentIds) {
      if (!may(viewer, 'read')) return agentIds.map(() => null);
      const found = await store.latestOf(viewer.user.id, agentIds);
      return found.map((healing) => healing && healingAt(healing, clock()));
    },

    stop: () => diagnoses.close(),
  };
};

/** People may approve further actions after the rounds of the model, up to this many. */
const maxStoredRounds = 2 * healingLimits.rounds;

const pendingOf = (log: string, state: string) => ({
  log: log.slice(-healingLimits.pendingLog),
  state: state.slice(0, healingLimits.pendingState),
});

/** Returns the text. Throws `BAD_USER_INPUT` if it is too long. */
const checkLength = (field: 'log' | 'state' | 'output' | 'reason', text: string): string => {
  const limit = healingLimits[field];
  if (text.length <= limit) return text;
  throw badInput(field, `${field} has ${text.length} characters; it may have at most ${limit}.`);
};

/** Returns null for no id. Throws `BAD_USER_INPUT` for an unusable one. */
const checkEventId = (eventId: string | null | undefined): string | null => {
  if (eventId === null || eventId === undefined) return null;
  if (new RegExp(`^[\\w.:-]{8,${healingLimits.eventId}}$`).test(eventId)) return eventId;
  throw badInput(
    'eventId',
    `eventId must have 8 to ${healingLimits.eventId} letters, digits, ".", ":", "_" or "-".`,
  );
};
