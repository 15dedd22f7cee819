import { t } from '@lingui/core/macro';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { useAnnounce } from '../ui/Announcer.tsx';
import { useNotify } from '../ui/Notices.tsx';
import type { AllowanceProvider_viewer$key } from './__generated__/AllowanceProvider_viewer.graphql.ts';
import { type Barrier, barrierOf, barrierOfQuotas, wordsForBarrier } from './barrier.ts';
import { nearQuota, type Quota, wordsForNear } from './quota.ts';
import { useQuotaRefresh } from './useQuotaRefresh.ts';
import { useSecondsLeft } from './useSecondsLeft.ts';

/** Whether the viewer may send messages now. It applies to the whole app: a limit hit in one chat holds in all. */
export interface Allowance {
  /** The limit that blocks sending; null for none. It ends by itself. */
  readonly barrier: Barrier | null;
  /** A quota that is nearly used up; null for none. */
  readonly near: (Quota & { readonly userId: string }) | null;
  /** Records an error. Returns whether the barrier's notice already says everything about it. */
  readonly refused: (error: unknown) => boolean;
  /** Announces why nothing can be sent, if a limit blocks sending. Returns whether one does. */
  readonly isBarred: () => boolean;
  /** Refetches the quotas, after an answer used some of them. */
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
    // The quota may have been raised while the tab was hidden.
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
      // An administrator may raise a quota at any time, so the quota just read overrides an earlier error.
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

/** Announces to screen readers, politely and once: sending is blocked, sending works again, little is left. */
const useAnnouncements = (barrier: Barrier | null, near: Quota | null): void => {
  const announce = useAnnounce();
  const until = barrier && `${barrier.kind} ${barrier.until}`;
  // The same barrier is refetched from time to time, and must not be announced again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (!barrier) return;
    announce(wordsForBarrier(barrier, Date.now()));
    return () => announce(t`You can send again.`);
  }, [until, announce]);
  const period = near && `${near.period} ${near.resetsAt}`;
  // The remainder changes with each answer: it is announced only when it first becomes small.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (near) announce(wordsForNear(near, Date.now()));
  }, [period, announce]);
};
