import { useEffect, useReducer } from 'react';

/** The time up to which the countdown shows seconds, in ms. Longer times are shown in minutes or more. */
const closeMs = 90_000;
const maxStepMs = 60_000;

/**
 * Returns the whole seconds until a time, given in ms since 1970; 0 afterwards and for null. Each step reads the clock,
 * also when the tab becomes visible again, because timers don't run in a suspended tab.
 */
export const useSecondsLeft = (until: number | null): number => {
  const [, readAgain] = useReducer((times: number) => times + 1, 0);
  useEffect(() => {
    if (until === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wait = () => {
      clearTimeout(timer);
      const left = until - Date.now();
      if (left > 0) timer = setTimeout(tick, stepOf(left));
    };
    const tick = () => {
      readAgain();
      wait();
    };
    wait();
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, [until]);
  return until === null ? 0 : Math.max(0, Math.ceil((until - Date.now()) / 1000));
};

const stepOf = (left: number): number =>
  left > closeMs ? Math.min(left - closeMs, maxStepMs) : left % 1000 || 1000;
