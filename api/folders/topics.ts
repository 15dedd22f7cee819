import { z } from 'zod';
import { defineTopic } from '../realtime/topic.ts';

export const folderChange = z.object({
  kind: z.enum(['CREATED', 'UPDATED', 'DELETED']),
  folderId: z.string(),
});

/** A change of an owner's folders, for all open tabs and devices of that owner. Keyed by the owner's id. */
export const folderChanged = defineTopic('folder.changed', folderChange);

export type FolderChange = z.infer<typeof folderChange>;
