import {
  ApproveAgentActionDocument,
  CloseHealingDocument,
  DeleteHealingAgentDocument,
  type HealingFragment,
  type HealingStatus,
  HealingsDocument,
  RegisterHealingAgentDocument,
  ReportActionResultDocument,
  ReportAgentFailureDocument,
} from '../__generated__/graphql.ts';
import type { Limits } from '../options.ts';
import { defaultPage, type Page, type PageOptions, pageOf } from '../pages.ts';
import { payloadOf } from '../transport/payload.ts';
import type { Request } from '../transport/requests.ts';

/** The attempts to heal one failure of an agent. */
export type Healing = HealingFragment;

export interface HealingAgentInput {
  /** The id of the agent in your own system. */
  readonly agentId: string;
  /** The only actions that the agent is ever asked for. */
  readonly actions: readonly {
    /** Lower-case words joined by `-`. */
    readonly name: string;
    readonly description: string;
    /** Whether a person approves each run of it. */
    readonly needsApproval?: boolean;
  }[];
  readonly maxRounds?: number;
  /** From 0 to 1. */
  readonly minConfidence?: number;
}

/** The secret signs the agent's events. It is returned only once. */
export interface RegisteredAgent {
  readonly id: string;
  readonly secret: string;
}

export interface AgentFailureInput {
  /** The id of the registered agent. */
  readonly agentId: string;
  readonly log: string;
  readonly state?: string;
  /** Identifies the report: a repeated one returns the current state. */
  readonly eventId: string;
}

export interface ActionResultInput {
  readonly healingId: string;
  readonly round: number;
  readonly succeeded: boolean;
  readonly output?: string;
  readonly log?: string;
  readonly state?: string;
  readonly eventId: string;
}

export interface HealingsOptions extends PageOptions {
  readonly status?: HealingStatus;
}

/** Agent self-healing. Registering, deleting, approving and closing need a session: no API keys. */
export interface HealingCommands {
  /** It isn't repeated if its response is lost. */
  register(agent: HealingAgentInput, limits?: Limits): Promise<RegisteredAgent>;
  delete(agentId: string, limits?: Limits): Promise<void>;
  /** Waits at most 50 seconds. If the status is `DIAGNOSING` by then, send the same report again. */
  reportFailure(failure: AgentFailureInput, limits?: Limits): Promise<Healing>;
  reportResult(result: ActionResultInput, limits?: Limits): Promise<Healing>;
  /** Lists healings, newest first. */
  list(options?: HealingsOptions): Promise<Page<Healing>>;
  /** Lets the agent run one of its declared actions. */
  approve(id: string, action: string, reason?: string, limits?: Limits): Promise<Healing>;
  close(id: string, reason?: string, limits?: Limits): Promise<Healing>;
}

const once = { mayRetry: () => false } as const;

/** More than the time that the server waits for a diagnosis, in ms. */
const reportTimeoutMs = 70_000;

export const createHealingCommands = (request: Request): HealingCommands => ({
  async register({ agentId, actions, ...limitsOfAgent }, limits) {
    const input = { agentId, actions: [...actions], ...limitsOfAgent };
    const answer = await request(RegisterHealingAgentDocument, { input }, { ...limits, ...once });
    const { healingAgent, secret } = payloadOf(answer.registerHealingAgent);
    return { id: healingAgent.id, secret };
  },
  async delete(id, limits) {
    await request(DeleteHealingAgentDocument, { input: { id } }, { ...limits, ...once });
  },
  async reportFailure(input, limits) {
    const answer = await request(
      ReportAgentFailureDocument,
      { input },
      { timeoutMs: reportTimeoutMs, tryMs: reportTimeoutMs, ...limits },
    );
    return payloadOf(answer.reportAgentFailure).healing;
  },
  async reportResult(input, limits) {
    const answer = await request(
      ReportActionResultDocument,
      { input },
      { timeoutMs: reportTimeoutMs, tryMs: reportTimeoutMs, ...limits },
    );
    return payloadOf(answer.reportActionResult).healing;
  },
  async list({ signal, first = defaultPage, ...options } = {}) {
    const variables = { first, ...options };
    const { healings } = await request(HealingsDocument, variables, { ...(signal && { signal }) });
    return pageOf(healings);
  },
  async approve(id, action, reason, limits) {
    const input = { id, action, ...(reason !== undefined && { reason }) };
    const answer = await request(ApproveAgentActionDocument, { input }, { ...limits, ...once });
    return payloadOf(answer.approveAgentAction).healing;
  },
  async close(id, reason, limits) {
    const input = { id, ...(reason !== undefined && { reason }) };
    const answer = await request(CloseHealingDocument, { input }, { ...limits, ...once });
    return payloadOf(answer.closeHealing).healing;
  },
});
