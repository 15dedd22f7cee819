import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { abortOnReturn } from '../../realtime/abortOnReturn.ts';
import { watchChanges } from '../../realtime/watchChanges.ts';
import { folderChanged } from '../topics.ts';
import { FolderChangeRef } from './folderChange.ts';

builder.subscriptionField('folderChanged', (t) =>
  t.field({
    type: FolderChangeRef,
    description:
      "Emits every change to the viewer's folders, from any tab, device or API client. A conversation that is moved is a `conversationChanged`.",
    subscribe: (_root, _args, context) =>
      abortOnReturn((signal) =>
        watchChanges(context.bus, folderChanged, viewerOf(context).user.id, 'folders', signal),
      ),
    resolve: (change) => change,
  }),
);
