import { may } from '../../access/permissions.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { UserRef } from '../../graph/user.ts';
import type { StoredBytes } from '../storage/storageQuotas.ts';

const StorageRef = builder.objectRef<StoredBytes>('Storage').implement({
  description: 'Space that the conversations of a user take.',
  fields: (t) => ({
    used: t.exposeFloat('used', { description: 'Bytes stored: texts, and a flat number for each message.' }),
    limit: t.exposeFloat('limit', {
      nullable: true,
      description: 'Bytes that may be stored (`STORAGE_LIMIT`); null: no limit.',
    }),
  }),
});

builder.objectField(UserRef, 'storage', (t) =>
  t.field({
    type: StorageRef,
    nullable: true,
    description: 'The space that the user’s conversations take; null where it is not the viewer’s to see.',
    resolve: async (user, _args, context) => {
      const viewer = viewerOf(context);
      if (user.id !== viewer.user.id && !may(viewer, 'manageUsers')) return null;
      return context.loaders.storage.load(user);
    },
  }),
);
