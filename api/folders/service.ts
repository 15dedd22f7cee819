import type { Logger } from 'pino';
import { demand } from '../access/permissions.ts';
import type { Viewer } from '../access/viewer.ts';
import { bytesOfText } from '../config/values/bytes.ts';
import type { CollectionChoices } from '../conversations/collectionChoices.ts';
import { badInput, Failure, notFound } from '../errors/failures.ts';
import type { Page, PageRequest, TimeKey } from '../paging/pages.ts';
import type { Ids } from '../process/ids.ts';
import type { Bus } from '../realtime/bus.ts';
import { notify } from '../realtime/notify.ts';
import { rowBytes } from '../usage/storage/storage.ts';
import type { StorageQuotas } from '../usage/storage/storageQuotas.ts';
import { type Folder, type FolderPatch, folderLimits } from './folder.ts';
import type { FolderStore } from './store/store.ts';
import { type FolderChange, folderChanged } from './topics.ts';

/** A user's folders of conversations. */
export interface Folders {
  /** Throws `BAD_USER_INPUT`, `CONFLICT` for too many folders, `QUOTA_EXCEEDED` and `RATE_LIMITED`. */
  create(viewer: Viewer, input: Pick<Folder, 'name' | 'systemPrompt'>): Promise<Folder>;
  /** Returns the viewer's folder of this name; creates it if there is none. For imports: it doesn't count as a change. */
  named(viewer: Viewer, input: Pick<Folder, 'name' | 'systemPrompt'>): Promise<Folder>;
  update(viewer: Viewer, id: string, patch: FolderPatch): Promise<Folder>;
  /** Deletes a folder. Its conversations stay, in no folder. Throws `NOT_FOUND`, and `CONFLICT` under a legal hold on the user. */
  delete(viewer: Viewer, id: string): Promise<void>;
  page(viewer: Viewer, page: PageRequest<TimeKey>): Promise<Page<Folder>>;
  /** Throws `NOT_FOUND` if the owner has no such folder. */
  require(ownerId: string, id: string): Promise<void>;
}

export interface FoldersDeps {
  readonly store: FolderStore;
  readonly storageQuotas: Pick<StorageQuotas, 'withReservation' | 'checkRate'>;
  readonly collections: CollectionChoices;
  /** Throws `CONFLICT` if all data of the user is under a legal hold. */
  readonly checkDeletable: (ownerId: string) => Promise<void>;
  readonly bus: Bus;
  readonly ids: Ids;
  readonly clock: () => Date;
  readonly log: Logger;
}

const { name: maxName, systemPrompt: maxPrompt, folders: maxFolders } = folderLimits;

/** Returns the fields with the name trimmed. Throws `BAD_USER_INPUT`. */
const check = <Patch extends FolderPatch>(patch: Patch): Patch => {
  const { name, systemPrompt } = patch;
  if (name !== undefined && (name.trim() === '' || name.length > maxName)) {
    throw badInput('name', `name must have 1 to ${maxName} characters; it has ${name.length}.`);
  }
  if (systemPrompt && systemPrompt.length > maxPrompt) {
    const rule = `may have ${maxPrompt} characters at most; it has ${systemPrompt.length}.`;
    throw badInput('systemPrompt', `systemPrompt ${rule}`);
  }
  return name === undefined ? patch : { ...patch, name: name.trim() };
};

const bytesOf = ({ name, systemPrompt }: FolderPatch): number =>
  bytesOfText(name) + bytesOfText(systemPrompt);

export const createFolders = (deps: FoldersDeps): Folders => {
  const { store, storageQuotas, checkDeletable, ids, clock } = deps;
  const publishChange = (ownerId: string, kind: FolderChange['kind'], folderId: string) =>
    notify(deps, folderChanged, ownerId, { kind, folderId });

  const insert = async ({ user }: Viewer, folder: Folder): Promise<Folder> => {
    const isWritten = await storageQuotas.withReservation(user, rowBytes.folder + bytesOf(folder), () =>
      store.insert(folder, maxFolders),
    );
    if (isWritten) {
      await publishChange(user.id, 'CREATED', folder.id);
      return folder;
    }
    throw new Failure('CONFLICT', `You have ${maxFolders} folders already. Delete one you no longer need.`);
  };
  const choose = async (ownerId: string, id: string, collectionIds: readonly string[]) => {
    const folder = await store.find(ownerId, id);
    if (!folder) throw notFound('folder');
    return deps.collections.checkChosen(ownerId, collectionIds, folder.collectionIds);
  };
  return {
    async create(viewer, input) {
      demand(viewer, 'writeConversations');
      const { name, systemPrompt } = check(input);
      await storageQuotas.checkRate(viewer.user);
      const id = ids.next();
      const fields = { name, systemPrompt, collectionIds: [], createdAt: clock() };
      return insert(viewer, { id, ownerId: viewer.user.id, ...fields });
    },

    async named(viewer, input) {
      demand(viewer, 'writeConversations');
      const { name, systemPrompt } = check(input);
      const ownerId = viewer.user.id;
      const found = await store.findByName(ownerId, name);
      if (found) return found;
      // Derived, so that simultaneous imports create one folder.
      const id = ids.derived('folder', ownerId, name);
      const renamed = await store.find(ownerId, id);
      const fields = { name, systemPrompt, collectionIds: [], createdAt: clock() };
      return insert(viewer, { id: renamed ? ids.next() : id, ownerId, ...fields });
    },

    async update(viewer, id, patch) {
      demand(viewer, 'writeConversations');
      const { collectionIds } = patch;
      const chosen = collectionIds && (await choose(viewer.user.id, id, collectionIds));
      const checked = check({ ...patch, ...(chosen && { collectionIds: chosen }) });
      await storageQuotas.checkRate(viewer.user);
      const write = () => store.update(viewer.user.id, id, checked);
      const bytes = bytesOf(checked);
      const folder =
        bytes === 0 ? await write() : await storageQuotas.withReservation(viewer.user, bytes, write);
      if (!folder) throw notFound('folder');
      await publishChange(viewer.user.id, 'UPDATED', id);
      return folder;
    },

    async delete(viewer, id) {
      demand(viewer, 'writeConversations');
      if (!(await store.find(viewer.user.id, id))) throw notFound('folder');
      await checkDeletable(viewer.user.id);
      if (!(await store.delete(viewer.user.id, id))) throw notFound('folder');
      await publishChange(viewer.user.id, 'DELETED', id);
    },

    async page(viewer, page) {
      demand(viewer, 'read');
      return store.page(viewer.user.id, page);
    },

    async require(ownerId, id) {
      if (!(await store.find(ownerId, id))) throw notFound('folder');
    },
  };
};
