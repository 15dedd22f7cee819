import type { HealingAgent } from '../../healing/agent.ts';
import type { Healing } from '../../healing/healing.ts';
import type { Healings } from '../../healing/service.ts';
import { viewerActor } from '../actor.ts';
import type { AuditRecorder } from '../recorder.ts';

/** Decorates agent self-healing: records each report, and who lets which agent do what. Logs of agents are left out. */
export const decorateHealings = (healings: Healings, recorder: AuditRecorder): Healings => {
  const outcomeOf = ({ id, agentId, status, question, rounds }: Healing) => {
    const last = rounds.at(-1);
    const round = last && { round: last.number, action: last.action, confidence: last.confidence };
    return { target: agentId, targetId: id, details: { status, question, ...round } };
  };
  const agentOf = ({ id, agentId, actions }: HealingAgent) => ({
    target: agentId,
    targetId: id,
    details: { actions: actions.map(({ name }) => name).join(' ') },
  });
  return {
    ...healings,
    register: (viewer, agent) =>
      recorder.attempt(
        {
          action: 'REGISTER_HEALING_AGENT',
          actor: viewerActor(viewer),
          target: agent.agentId,
          onSuccess: ({ agent: registered }) => agentOf(registered),
        },
        () => healings.register(viewer, agent),
      ),
    remove: (viewer, id) =>
      recorder.attempt(
        { action: 'DELETE_HEALING_AGENT', actor: viewerActor(viewer), targetId: id, onSuccess: agentOf },
        () => healings.remove(viewer, id),
      ),
    reportFailure: (viewer, agentId, report) =>
      recorder.attempt(
        {
          action: 'REPORT_AGENT_FAILURE',
          actor: viewerActor(viewer),
          targetId: agentId,
          onSuccess: outcomeOf,
        },
        () => healings.reportFailure(viewer, agentId, report),
      ),
    reportResult: (viewer, id, report) =>
      recorder.attempt(
        { action: 'REPORT_ACTION_RESULT', actor: viewerActor(viewer), targetId: id, onSuccess: outcomeOf },
        () => healings.reportResult(viewer, id, report),
      ),
    approve: (viewer, id, action, reason) =>
      recorder.attempt(
        {
          action: 'APPROVE_AGENT_ACTION',
          actor: viewerActor(viewer),
          targetId: id,
          details: { action: action.slice(0, 40) },
          onSuccess: (healing) => ({ ...outcomeOf(healing), details: { action, reason } }),
        },
        () => healings.approve(viewer, id, action, reason),
      ),
    close: (viewer, id, reason) =>
      recorder.attempt(
        {
          action: 'CLOSE_HEALING',
          actor: viewerActor(viewer),
          targetId: id,
          onSuccess: (healing) => ({ ...outcomeOf(healing), details: { reason } }),
        },
        () => healings.close(viewer, id, reason),
      ),
  };
};
