import type DataLoader from 'dataloader';
import type { LoaderScope, Loaders } from '../../graph/context.ts';
import { createRowLoader } from '../../graph/loaders.ts';
import type { Activity } from '../activity.ts';
import type { Generation } from '../generation.ts';
import type { PromptAttachments } from '../promptAttachments.ts';
import type { Generations } from '../service.ts';
import type { SettingsReader } from '../settings.ts';
import type { GenerationStore } from '../store/store.ts';

declare module '../../graph/context.ts' {
  interface Services {
    readonly generations: Generations;
    readonly activity: Activity;
    readonly promptAttachments: PromptAttachments;
    readonly settings: SettingsReader;
  }
  interface Stores {
    readonly generations: GenerationStore;
  }
  interface Loaders {
    readonly generation: DataLoader<string, Generation | null>;
  }
}

export const generationLoaders = (scope: LoaderScope): Pick<Loaders, 'generation'> => {
  const { services, viewer } = scope;
  return {
    generation: createRowLoader(scope, (ids) =>
      services.stores.generations.findMany(viewer?.user.id ?? '', ids),
    ),
  };
};
