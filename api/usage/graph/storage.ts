import { may } from '../../access/permissions.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { UserRef } from '../../graph/user.ts';
import type { StoredBytes } from '../storage/storageQuotas.ts';

const StorageRef = builder.objectRef<StoredBytes>('Storage').implement({
  description: "The storage that a user's conversations take.",
  fields: (t) => ({
    used: t.exposeFloat('used', {
      description: 'The stored bytes: texts, plus a fixed overhead per message.',
    }),
    limit: t.exposeFloat('limit', {
      nullable: true,
      description: 'The maximum number of stored bytes (`STORAGE_LIMIT`); null if there is no limit.',
    }),
  }),
});

builder.objectField(UserRef, 'storage', (t) =>
  t.field({
    type: StorageRef,
    nullable: true,
    description: "The storage that the user's conversations take; null if the viewer may not see it.",
    resolve: async (user, _args, context) => {
      const viewer = viewerOf(context);
      if (user.id !== viewer.user.id && !may(viewer, 'manageUsers')) return null;
      return context.loaders.storage.load(user);
    },
  }),
);
