import { useEffect, useState } from 'react';

const midnightAfter = (moment: Date): number =>
  new Date(moment.getFullYear(), moment.getMonth(), moment.getDate() + 1).getTime();

/**
 * Returns a moment of the current day in the reader's time zone, updated after midnight. A tab that was suspended meanwhile
 * updates when it becomes visible.
 */
export const useToday = (): Date => {
  const [today, setToday] = useState(() => new Date());
  useEffect(() => {
    const end = midnightAfter(today);
    const check = () => {
      if (Date.now() >= end) setToday(new Date());
    };
    const timer = setTimeout(check, end - Date.now() + 50);
    document.addEventListener('visibilitychange', check);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', check);
    };
  }, [today]);
  return today;
};
