import type DataLoader from 'dataloader';
import type { LoaderScope, Loaders } from '../../graph/context.ts';
import { createRowLoader } from '../../graph/loaders.ts';
import type { Healing } from '../healing.ts';
import type { Healings } from '../service.ts';

declare module '../../graph/context.ts' {
  interface Services {
    readonly healings: Healings;
  }
  interface Loaders {
    /** The newest healing of an agent, by the id of the agent in the viewer's system. */
    readonly healingOfAgent: DataLoader<string, Healing | null>;
  }
}

export const healingLoaders = (scope: LoaderScope): Pick<Loaders, 'healingOfAgent'> => {
  const { services, viewer } = scope;
  return {
    healingOfAgent: createRowLoader(scope, async (agentIds) =>
      viewer ? services.healings.latestOf(viewer, agentIds) : agentIds.map(() => null),
    ),
  };
};
