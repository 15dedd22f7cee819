import { markTitle, plainTitle } from '../ui/useTitle.ts';
import { activeWorker } from './serviceWorker.ts';

/** What happens when an answer is done while its tab is hidden. */
export type DoneNotice = 'nothing' | 'title' | 'notification';

const key = 'ziggie.done';
const changed = 'ziggie:done';

/** The choice while the storage is unavailable. */
let kept: DoneNotice = 'nothing';

export const doneNotice = (): DoneNotice => {
  try {
    const stored = localStorage.getItem(key);
    return stored === 'title' || stored === 'notification' ? stored : kept;
  } catch {
    return kept;
  }
};

export const chooseDoneNotice = (choice: DoneNotice): void => {
  kept = choice;
  try {
    if (choice === 'nothing') localStorage.removeItem(key);
    else localStorage.setItem(key, choice);
  } catch {
    // Without storage, the choice lasts as long as its page.
  }
  window.dispatchEvent(new Event(changed));
};

export const followDoneNotice = (listener: () => void): (() => void) => {
  window.addEventListener('storage', listener);
  window.addEventListener(changed, listener);
  return () => {
    window.removeEventListener('storage', listener);
    window.removeEventListener(changed, listener);
  };
};

/** Tells that an answer is done, if its tab is hidden and the reader chose to be told. Contains nothing of the answer. */
export const tellDone = async (generationId: string, text: string): Promise<void> => {
  const choice = doneNotice();
  if (choice === 'nothing' || document.visibilityState === 'visible') return;
  markTitle();
  if (choice !== 'notification' || Notification.permission !== 'granted') return;
  const notice = { title: plainTitle(), text, tag: generationId, url: window.location.href };
  (await activeWorker())?.postMessage({ kind: 'done', notice });
};
