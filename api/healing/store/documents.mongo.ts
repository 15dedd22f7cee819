import type { Collection } from 'mongodb';
import type { HealingAgent } from '../agent.ts';
import type { Healing } from '../healing.ts';

declare module '../../mongo/collections.ts' {
  interface Collections {
    readonly healingAgents: Collection<HealingAgentDocument>;
    readonly healings: Collection<HealingDocument>;
  }
}

export interface HealingAgentDocument extends Omit<HealingAgent, 'id'> {
  readonly _id: string;
}

export interface HealingDocument extends Omit<Healing, 'id'> {
  readonly _id: string;
}

export const agentDocumentOf = ({ id, ...agent }: HealingAgent): HealingAgentDocument => ({
  _id: id,
  ...agent,
});

export const agentOf = ({ _id, ...agent }: HealingAgentDocument): HealingAgent => ({ id: _id, ...agent });

export const healingDocumentOf = ({ id, ...healing }: Healing): HealingDocument => ({ _id: id, ...healing });

export const healingOf = ({ _id, ...healing }: HealingDocument): Healing => ({ id: _id, ...healing });
