import { randomUUID } from 'node:crypto';

export interface Service {
  readonly id: string;
  readonly name: string;
}

export interface Agent {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly service: Service;
  readonly modelId: string | null;
  readonly conversationId: string | null;
}

export type NewAgent = Pick<Agent, 'name' | 'modelId' | 'conversationId'>;

/** The agents of users, in memory. */
export interface Directory {
  readonly services: readonly Service[];
  /** Returns the agents of an owner, sorted by name. */
  agentsOf(ownerId: string): readonly Agent[];
  /** Returns null for an agent of another owner, as for an absent one. */
  findAgent(ownerId: string, id: string): Agent | null;
  register(ownerId: string, agent: NewAgent): Agent;
}

export const createDirectory = (): Directory => {
  const service: Service = { id: 'llm', name: 'Language models' };
  const agents: Agent[] = [];
  return {
    services: [service],
    agentsOf: (ownerId) =>
      agents.filter((agent) => agent.ownerId === ownerId).sort((a, b) => a.name.localeCompare(b.name)),
    findAgent: (ownerId, id) => agents.find((agent) => agent.id === id && agent.ownerId === ownerId) ?? null,
    register(ownerId, agent) {
      const registered = { ...agent, id: randomUUID(), ownerId, service };
      agents.push(registered);
      return registered;
    },
  };
};
