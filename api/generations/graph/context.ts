import type DataLoader from 'dataloader';
import type { Conversation } from '../../conversations/conversation.ts';
import { Failure } from '../../errors/failures.ts';
import type { LoaderScope, Loaders } from '../../graph/context.ts';
import { createLoader, createRowLoader } from '../../graph/loaders.ts';
import type { FairScheduler } from '../../process/fairScheduler.ts';
import type { Activity } from '../activity.ts';
import type { Generation } from '../generation.ts';
import type { PromptAttachments } from '../promptAttachments.ts';
import type { Generations } from '../service.ts';
import type { AnswerSettings, SettingsReader } from '../settings.ts';
import type { GenerationStore } from '../store/store.ts';

declare module '../../graph/context.ts' {
  interface Services {
    readonly generations: Generations;
    readonly activity: Activity;
    readonly promptAttachments: PromptAttachments;
    readonly settings: SettingsReader;
    /** Lets other work run between two measurements of contexts, one at a time per user. */
    readonly measuring: FairScheduler;
  }
  interface Stores {
    readonly generations: GenerationStore;
  }
  interface Loaders {
    readonly generation: DataLoader<string, Generation | null>;
    /** Whether the viewer's conversations have generations that aren't final. */
    readonly answering: DataLoader<string, boolean>;
    /** What the viewer's conversations inherit. Without an engine, their models are unknown. */
    readonly inherited: DataLoader<Pick<Conversation, 'folderId' | 'model'>, AnswerSettings>;
  }
}

export const generationLoaders = (
  scope: LoaderScope,
): Pick<Loaders, 'generation' | 'answering' | 'inherited'> => {
  const { services, viewer } = scope;
  return {
    generation: createRowLoader(scope, (ids) =>
      services.stores.generations.findMany(viewer?.user.id ?? '', ids),
    ),
    answering: createLoader(async (ids) => {
      const answering = await services.stores.generations.unfinishedConversations(viewer?.user.id ?? '', ids);
      return ids.map((id) => answering.has(id));
    }),
    inherited: createLoader(async (conversations) => {
      const nameOf = async (asked: string | null): Promise<string | null> => {
        try {
          return (await services.models.resolve(asked)).name;
        } catch (error) {
          if (error instanceof Failure) return null;
          throw error;
        }
      };
      const names = new Map<string | null, string | null>();
      for (const { model } of conversations) if (!names.has(model)) names.set(model, await nameOf(model));
      return services.settings.inheritedMany(
        viewer?.user.id ?? '',
        conversations.map(({ folderId, model }) => ({ folderId, model: names.get(model) ?? null })),
      );
    }),
  };
};
