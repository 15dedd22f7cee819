import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { useAnnounce } from '../ui/Announcer.tsx';
import { useNotify } from '../ui/Notices.tsx';
import type { AllowanceProvider_viewer$key } from './__generated__/AllowanceProvider_viewer.graphql.ts';
import { type Barrier, barrierOf, barrierOfQuotas, wordsForBarrier } from './barrier.ts';
import { nearQuota, type Quota, wordsForNear } from './quota.ts';
import { useQuotaRefresh } from './useQuotaRefresh.ts';
import { useSecondsLeft } from './useSecondsLeft.ts';

/** Whether the viewer may ask for answers just now, in the whole app: what is refused in one chat is refused in all. */
export interface Allowance {
  /** What stands in the way; null where nothing does. It goes by itself. */
  readonly barrier: Barrier | null;
  /** A quota that is nearly used up. */
  readonly near: (Quota & { readonly userId: string }) | null;
  /** Takes note of an error. Whether the barrier says all that there is to say of it. */
  readonly refused: (error: unknown) => boolean;
  /** Says in words why nothing can be sent, where something stands in the way. Whether it does. */
  readonly isBarred: () => boolean;
  /** Reads the quotas anew: after an answer has used some of them. */
  readonly refresh: () => Promise<void>;
}

const AllowanceContext = createContext<Allowance | null>(null);

export interface AllowanceProviderProps {
  readonly viewer: AllowanceProvider_viewer$key | null | undefined;
  readonly children: ReactNode;
}

export const AllowanceProvider = ({ viewer: key, children }: AllowanceProviderProps) => {
  const viewer = useFragment(
    graphql`
      fragment AllowanceProvider_viewer on User {
        id
        quota {
          period
          used
          limit
          resetsAt
          isNear
        }
      }
    `,
    key,
  );
  const [refusal, setRefusal] = useState<Barrier | null>(null);
  const refresh = useQuotaRefresh();
  const quotas = viewer?.quota;
  const isRefused = useSecondsLeft(refusal?.until ?? null) > 0;
  const ofQuotas = useMemo(() => barrierOfQuotas(quotas ?? [], Date.now()), [quotas]);
  const isUsedUp = useSecondsLeft(ofQuotas?.until ?? null) > 0;
  const barrier = (isUsedUp && ofQuotas) || (isRefused && refusal) || null;
  const near = useMemo(() => {
    const found = nearQuota(quotas ?? [], Date.now());
    return found && viewer ? { ...found, userId: viewer.id } : null;
  }, [quotas, viewer]);

  const hasReset = ofQuotas !== null && !isUsedUp;
  useEffect(() => {
    if (hasReset) void refresh();
    if (!isUsedUp) return;
    // Who comes back after a while may have been given more meanwhile.
    const look = () => document.visibilityState === 'visible' && void refresh();
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, [hasReset, isUsedUp, refresh]);
  useAnnouncements(barrier, near);

  const notify = useNotify();
  const refused = useCallback(
    (error: unknown) => {
      const met = barrierOf(error, Date.now());
      if (!met) return false;
      setRefusal(met);
      // An administrator may give more at any time, so what is read counts for more than what was said once.
      if (met.kind === 'QUOTA') void refresh().then(() => setRefusal((last) => (last === met ? null : last)));
      return true;
    },
    [refresh],
  );
  const isBarred = useCallback(() => {
    if (barrier) notify({ text: wordsForBarrier(barrier, Date.now()) });
    return barrier !== null;
  }, [barrier, notify]);
  const allowance = useMemo(
    () => ({ barrier, near, refused, isBarred, refresh }),
    [barrier, near, refused, isBarred, refresh],
  );
  return <AllowanceContext value={allowance}>{children}</AllowanceContext>;
};

export const useAllowance = (): Allowance => {
  const allowance = useContext(AllowanceContext);
  if (!allowance) throw new Error('A part that asks for answers stands outside of AllowanceProvider.');
  return allowance;
};

/** To screen readers, politely and once: that sending has to wait, that it works again, that little is left. */
const useAnnouncements = (barrier: Barrier | null, near: Quota | null): void => {
  const announce = useAnnounce();
  const until = barrier && `${barrier.kind} ${barrier.until}`;
  // The same barrier is read anew now and then, and is not said anew for that.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (!barrier) return;
    announce(wordsForBarrier(barrier, Date.now()));
    return () => announce('You can send again.');
  }, [until, announce]);
  const period = near && `${near.period} ${near.resetsAt}`;
  // What is left changes with each answer: it is said when it first is little.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (near) announce(wordsForNear(near, Date.now()));
  }, [period, announce]);
};
