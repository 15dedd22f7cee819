import {
  ConnectionHandler,
  commitLocalUpdate,
  Environment,
  type GraphQLResponse,
  Network,
  Observable,
  RecordSource,
  Store,
} from 'relay-runtime';
import { foldersId } from './lists.ts';
import { refetchFoldersFor } from './refetchFolders.ts';

describe('the folders of the sidebar', () => {
  const open = () => {
    const asked: string[] = [];
    const fail: (() => void)[] = [];
    const environment = new Environment({
      network: Network.create(({ name }) => {
        asked.push(name);
        return Observable.create<GraphQLResponse>(
          (sink) => void fail.push(() => sink.error(new Error('offline'))),
        );
      }),
      store: new Store(new RecordSource()),
    });
    commitLocalUpdate(environment, (store) => {
      const list = store.create(foldersId(), 'QueryFoldersConnection');
      const shown = store.create('shown', 'Folder');
      list.setLinkedRecords([ConnectionHandler.createEdge(store, list, shown, 'FolderEdge')], 'edges');
      const folders = { in: shown, missing: store.create('other', 'Folder'), loose: null };
      for (const [id, folder] of Object.entries(folders)) {
        const conversation = store.create(id, 'Conversation');
        if (folder) conversation.setLinkedRecord(folder, 'folder');
        else conversation.setValue(null, 'folder');
      }
    });
    return { asked, fail, environment };
  };

  it('are fetched again for a conversation whose folder they lack, once for many at a time', async () => {
    const { asked, fail, environment } = open();
    for (const id of ['in', 'loose', 'unknown']) refetchFoldersFor(environment, id);
    expect(asked).toEqual([]);
    for (let count = 0; count < 5; count += 1) refetchFoldersFor(environment, 'missing');
    expect(asked).toEqual(['refetchFoldersQuery']);
    // Those that came meanwhile may be missing in its answer.
    fail[0]?.();
    await Promise.resolve();
    expect(asked).toHaveLength(2);
    fail[1]?.();
    await Promise.resolve();
    expect(asked).toHaveLength(2);
  });
});
