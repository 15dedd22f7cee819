import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { type FormEvent, useRef, useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import { Problem } from '../ui/Problem.tsx';
import type { QuotaForm_user$key } from './__generated__/QuotaForm_user.graphql.ts';
import { QuotaField } from './QuotaField.tsx';
import { choiceOf, type QuotaChoice, readChoice } from './quotas.ts';
import type { OwnQuota } from './useSetUserQuota.ts';

export interface QuotaFormProps {
  readonly user: QuotaForm_user$key;
  readonly busy: boolean;
  /** The server's error message. */
  readonly problem: string | null;
  readonly onSubmit: (quota: OwnQuota) => void;
  readonly onCancel: () => void;
}

export const QuotaForm = ({ user: key, busy, problem, onSubmit, onCancel }: QuotaFormProps) => {
  const { username, role, quota } = useFragment(
    graphql`
      fragment QuotaForm_user on User {
        username
        role
        quota {
          period
          limit
          isOwn
          roleLimit
        }
      }
    `,
    key,
  );
  const [day, setDay] = useState(() => choiceOf(quota, 'DAY'));
  const [month, setMonth] = useState(() => choiceOf(quota, 'MONTH'));
  // Errors appear on the first attempt to save, and disappear once the input is valid.
  const [tried, setTried] = useState(false);
  const [dayInput, monthInput] = [useRef<HTMLInputElement>(null), useRef<HTMLInputElement>(null)];
  const [ofDay, ofMonth] = [readChoice(day), readChoice(month)];

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (ofDay.problem !== null) dayInput.current?.focus();
    else if (ofMonth.problem !== null) monthInput.current?.focus();
    else onSubmit({ day: ofDay.tokens, month: ofMonth.tokens });
  };
  const ofRole = (period: 'DAY' | 'MONTH') => quota.find((each) => each.period === period)?.roleLimit ?? null;
  const change = (set: (choice: QuotaChoice) => void) => (choice: QuotaChoice) => {
    setTried(false);
    set(choice);
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-5">
      <QuotaField
        legend={t`Tokens a day`}
        role={role}
        roleLimit={ofRole('DAY')}
        choice={day}
        problem={tried ? ofDay.problem : null}
        input={dayInput}
        onChoose={change(setDay)}
      />
      <QuotaField
        legend={t`Tokens a month`}
        role={role}
        roleLimit={ofRole('MONTH')}
        choice={month}
        problem={tried ? ofMonth.problem : null}
        input={monthInput}
        onChoose={change(setMonth)}
      />
      <p className="text-sm text-muted">
        <Trans>
          From now on, by days and months of UTC. With 0, {username} can read, but gets no answers.
        </Trans>
      </p>
      {problem && <Problem>{problem}</Problem>}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>
          <Trans>Cancel</Trans>
        </Button>
        <Button type="submit" tone="accent" busy={busy}>
          <Trans>Save</Trans>
        </Button>
      </div>
    </form>
  );
};
