import { useEffect, useReducer } from 'react';

/** Up to here it is counted in seconds, in milliseconds. What is longer is said in minutes or more. */
const closeMs = 90_000;
const maxStepMs = 60_000;

/**
 * Whole seconds until a moment, in milliseconds since 1970; 0 from then on, and for null. It is read from the clock each
 * time, and once more when the tab is looked at again: one that slept has counted nothing.
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
