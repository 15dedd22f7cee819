import { commitLocalUpdate, fetchQuery, graphql } from 'react-relay';
import type { IEnvironment } from 'relay-runtime';
import type { refetchFoldersQuery } from './__generated__/refetchFoldersQuery.graphql.ts';
import { foldersId } from './lists.ts';

/** The environments with a refetch in progress, and whether another one is due after it. Many changes at once cause two. */
const fetching = new WeakMap<IEnvironment, { isDue: boolean }>();

/**
 * Fetches the folders of the sidebar again if it lacks the conversation's: another tab, another device or an import has made
 * it. Otherwise the conversation would be in no list.
 */
export const refetchFoldersFor = (environment: IEnvironment, conversationId: string): void => {
  if (!isFolderMissing(environment, conversationId)) return;
  const running = fetching.get(environment);
  if (running) running.isDue = true;
  else refetch(environment);
};

const refetch = (environment: IEnvironment): void => {
  const state = { isDue: false };
  fetching.set(environment, state);
  const onEnd = () => {
    // Not at once: Relay would answer it with the request that is just ending.
    if (state.isDue) queueMicrotask(() => refetch(environment));
    else fetching.delete(environment);
  };
  fetchQuery<refetchFoldersQuery>(
    environment,
    graphql`
      query refetchFoldersQuery {
        ...FolderList_query
      }
    `,
    {},
  ).subscribe({ complete: onEnd, error: onEnd });
};

const isFolderMissing = (environment: IEnvironment, conversationId: string): boolean => {
  let isMissing = false;
  commitLocalUpdate(environment, (store) => {
    const folder = store.get(conversationId)?.getLinkedRecord('folder');
    const list = store.get(foldersId());
    if (!folder || !list) return;
    const shown = (list.getLinkedRecords('edges') ?? []).map((edge) =>
      edge?.getLinkedRecord('node')?.getDataID(),
    );
    isMissing = !shown.includes(folder.getDataID());
  });
  return isMissing;
};
