import { useEffect, useEffectEvent, useState } from 'react';
import { requestSubscription, useRelayEnvironment } from 'react-relay';
import type { GraphQLSubscriptionConfig, OperationType } from 'relay-runtime';
import { backoff } from '../relay/retryWait.ts';
import { useConnection } from './SessionProvider.tsx';

/**
 * Keeps a subscription for as long as the component is mounted. The socket reconnects by itself; a subscription that the
 * server rejects or ends is renewed after a pause, and what it missed is then caught up like after a reconnect.
 */
export const useLiveUpdates = <Operation extends OperationType>(
  config: Omit<GraphQLSubscriptionConfig<Operation>, 'onError' | 'onCompleted'>,
): void => {
  const environment = useRelayEnvironment();
  const connection = useConnection();
  const [failures, setFailures] = useState(0);
  const latest = useEffectEvent(() => config);
  useEffect(() => {
    let retry: ReturnType<typeof setTimeout> | undefined;
    const again = () => {
      retry = setTimeout(() => setFailures((count) => count + 1), backoff(failures + 2));
    };
    const subscribed = requestSubscription<Operation>(environment, {
      ...latest(),
      onError: again,
      onCompleted: again,
    });
    if (failures > 0) connection.resubscribed();
    return () => {
      clearTimeout(retry);
      subscribed.dispose();
    };
  }, [environment, connection, failures]);
};
