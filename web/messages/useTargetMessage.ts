import { t } from '@lingui/core/macro';
import { useEffect, useRef, useState } from 'react';
import { fetchQuery, graphql, useRelayEnvironment } from 'react-relay';
import { useSearchParams } from 'react-router';
import { messageOf } from '../relay/failure.ts';
import { useNotify } from '../ui/Notices.tsx';
import type { useTargetMessageQuery } from './__generated__/useTargetMessageQuery.graphql.ts';
import { useSelectMessage } from './useSelectMessage.ts';

/** The message that the address names, and the words to highlight in it. */
export interface TargetMessage {
  readonly id: string;
  readonly words: string;
}

const query = graphql`
  query useTargetMessageQuery($id: ID!) {
    node(id: $id) {
      ... on Message {
        selected
        viewerCanSelect
        conversation {
          id
        }
      }
    }
  }
`;

export interface TargetMessageOptions {
  readonly conversationId: string;
  /** The ids of the fetched messages. */
  readonly ids: readonly string[];
  readonly hasEarlier: boolean;
  readonly isLoadingEarlier: boolean;
  readonly onLoadEarlier: () => void;
}

/**
 * Returns the message of the address (`?message=`) once it is among the fetched ones. Until then it fetches earlier
 * messages, and selects the version that contains the message if another one is selected.
 */
export const useTargetMessage = (options: TargetMessageOptions): TargetMessage | null => {
  const { conversationId, ids, hasEarlier, isLoadingEarlier, onLoadEarlier } = options;
  const [params] = useSearchParams();
  const id = params.get('message');
  const environment = useRelayEnvironment();
  const { selectMessage, isSelecting } = useSelectMessage();
  const notify = useNotify();
  const isFetched = id !== null && ids.includes(id);
  const askedWith = useRef(-1);
  const [state, setState] = useState<'unknown' | 'selected' | 'absent'>('unknown');

  useEffect(() => {
    if (id === null || isFetched || state !== 'unknown') return;
    const fetched = fetchQuery<useTargetMessageQuery>(environment, query, { id }).subscribe({
      next: ({ node }) => {
        if (node?.conversation?.id !== conversationId || (!node.selected && !node.viewerCanSelect)) {
          setState('absent');
          notify({ text: t`That message is not in this conversation any more.` });
          return;
        }
        if (!node.selected) selectMessage(id);
        setState('selected');
      },
      error: (error: unknown) => {
        setState('absent');
        notify({ text: messageOf(error) });
      },
    });
    return () => fetched.unsubscribe();
  }, [environment, id, isFetched, state, conversationId, selectMessage, notify]);

  useEffect(() => {
    if (isFetched || state !== 'selected' || isSelecting || isLoadingEarlier || !hasEarlier) return;
    // A page that failed brought no messages, and is not requested again.
    if (askedWith.current === ids.length) return;
    askedWith.current = ids.length;
    onLoadEarlier();
  }, [isFetched, state, isSelecting, isLoadingEarlier, hasEarlier, onLoadEarlier, ids.length]);

  return isFetched ? { id, words: params.get('words') ?? '' } : null;
};
