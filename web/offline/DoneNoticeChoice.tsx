import { i18n, type MessageDescriptor } from '@lingui/core';
import { msg, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useState, useSyncExternalStore } from 'react';
import { Problem } from '../ui/Problem.tsx';
import { chooseDoneNotice, type DoneNotice, doneNotice, followDoneNotice } from './doneNotice.ts';
import { canNotify } from './serviceWorker.ts';

const choices: readonly { readonly value: DoneNotice; readonly label: MessageDescriptor }[] = [
  {
    value: 'nothing',
    label: msg({ message: 'Nothing', context: 'what happens when an answer is done' }),
  },
  { value: 'title', label: msg`Mark the title of its tab` },
  { value: 'notification', label: msg`Mark the title, and notify me` },
];

/** Chooses what happens when an answer is done in another tab. */
export const DoneNoticeChoice = () => {
  const chosen = useSyncExternalStore(followDoneNotice, doneNotice);
  const [problem, setProblem] = useState<string | null>(null);
  const choose = async (value: DoneNotice) => {
    setProblem(null);
    if (value === 'notification') {
      const permission = await Notification.requestPermission();
      if (permission !== 'granted') {
        setProblem(
          t`The browser blocks notifications of this site. Allow them in the settings of this site.`,
        );
        return;
      }
    }
    chooseDoneNotice(value);
  };
  return (
    <fieldset>
      <legend className="mb-2 text-muted">
        <Trans>When an answer is done in another tab</Trans>
      </legend>
      <div className="flex flex-col gap-1">
        {choices.map(({ value, label }) => (
          <label
            key={value}
            className="flex min-h-9 items-center gap-2.5 has-disabled:text-muted pointer-coarse:min-h-11"
          >
            <input
              type="radio"
              name="done-notice"
              value={value}
              checked={chosen === value}
              disabled={value === 'notification' && !canNotify()}
              onChange={() => void choose(value)}
              className="size-4 accent-accent"
            />
            {i18n._(label)}
          </label>
        ))}
      </div>
      {!canNotify() && (
        <p className="mt-1 text-sm text-muted">
          <Trans>This browser notifies only on pages with https, or on the server’s own machine.</Trans>
        </p>
      )}
      {problem && (
        <div className="mt-3">
          <Problem>{problem}</Problem>
        </div>
      )}
    </fieldset>
  );
};
