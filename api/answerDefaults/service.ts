import { demand } from '../access/permissions.ts';
import type { Viewer } from '../access/viewer.ts';
import { bytesOfText } from '../config/values/bytes.ts';
import { checkOptions } from '../conversations/options.ts';
import { conversationLimits } from '../conversations/service.ts';
import { badInput, Failure } from '../errors/failures.ts';
import { type Models, withTag } from '../models/service.ts';
import type { Ids } from '../process/ids.ts';
import { rowBytes } from '../usage/storage/storage.ts';
import type { StorageQuotas } from '../usage/storage/storageQuotas.ts';
import { type AnswerDefaults, answerDefaultsId, maxAnswerDefaults } from './answerDefaults.ts';
import type { AnswerDefaultsStore } from './store/store.ts';

export type AnswerDefaultsInput = Pick<AnswerDefaults, 'model' | 'systemPrompt' | 'options'>;

/** The settings that the viewer's conversations inherit. */
export interface AnswerDefaultsService {
  /** Returns all of the viewer: those for all models first, then by model. */
  all(viewer: Viewer): Promise<readonly AnswerDefaults[]>;
  /**
   * Replaces the defaults for a model, or for all models (null); empty ones are deleted, and null is returned. Throws
   * `BAD_USER_INPUT`, `MODEL_NOT_FOUND` for defaults to write, `CONFLICT` for too many or a legal hold, `QUOTA_EXCEEDED`, `RATE_LIMITED`.
   */
  set(viewer: Viewer, input: AnswerDefaultsInput): Promise<AnswerDefaults | null>;
}

export interface AnswerDefaultsDeps {
  readonly store: AnswerDefaultsStore;
  readonly models: Pick<Models, 'require'>;
  readonly storageQuotas: Pick<StorageQuotas, 'withReservation' | 'checkRate'>;
  /** Throws `CONFLICT` if all data of the user is under a legal hold. */
  readonly checkDeletable: (ownerId: string) => Promise<void>;
  readonly ids: Pick<Ids, 'derived'>;
  readonly clock: () => Date;
}

const { systemPrompt: maxPrompt } = conversationLimits;

export const createAnswerDefaults = (deps: AnswerDefaultsDeps): AnswerDefaultsService => {
  const { store, models, storageQuotas, checkDeletable, ids, clock } = deps;
  return {
    async all(viewer) {
      demand(viewer, 'read');
      return store.ofOwner(viewer.user.id);
    },

    async set(viewer, { model, systemPrompt, options }) {
      demand(viewer, 'writeConversations');
      checkOptions(options);
      if (systemPrompt && systemPrompt.length > maxPrompt) {
        const rule = `may have ${maxPrompt} characters at most; it has ${systemPrompt.length}.`;
        throw badInput('systemPrompt', `systemPrompt ${rule}`);
      }
      if (model?.trim() === '')
        throw badInput('model', 'model is blank. Name a model, or omit it for all models.');
      const ownerId = viewer.user.id;
      await storageQuotas.checkRate(viewer.user);
      if (systemPrompt === null && Object.keys(options).length === 0) {
        await checkDeletable(ownerId);
        // Without asking the engine: also for a model that is no longer installed.
        const names = model === null ? [null] : new Set([model, withTag(model)]);
        for (const name of names) await store.delete(ownerId, answerDefaultsId(ids, ownerId, name));
        return null;
      }
      const name = model === null ? null : (await models.require(model)).name;
      const defaults = {
        id: answerDefaultsId(ids, ownerId, name),
        ownerId,
        model: name,
        systemPrompt,
        options,
        updatedAt: clock(),
      };
      const bytes = rowBytes.answerDefaults + bytesOfText(systemPrompt);
      const isWritten = await storageQuotas.withReservation(viewer.user, bytes, () =>
        store.set(defaults, maxAnswerDefaults),
      );
      if (isWritten) return defaults;
      throw new Failure(
        'CONFLICT',
        `You have defaults for ${maxAnswerDefaults} models already. Reset those of a model you no longer use.`,
      );
    },
  };
};
