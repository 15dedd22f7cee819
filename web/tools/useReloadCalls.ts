import { useCallback } from 'react';
import { fetchQuery, useRelayEnvironment } from 'react-relay';
import { restartStream } from '../generations/streamRestarts.ts';
import type { useToolCallsQuery } from './__generated__/useToolCallsQuery.graphql.ts';
import { toolCallsQuery } from './useToolCalls.ts';

/** Returns a function that gets the present state of the calls of an answer. */
export const useReloadCalls = (generationId: string): (() => void) => {
  const environment = useRelayEnvironment();
  return useCallback(() => {
    if (restartStream(generationId)) return;
    fetchQuery<useToolCallsQuery>(environment, toolCallsQuery, { id: generationId })
      .toPromise()
      // The state stays as it is, and the next decision says what is wrong.
      .catch(() => {});
  }, [environment, generationId]);
};
