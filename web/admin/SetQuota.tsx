import { type FormEvent, useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { Problem } from '../ui/Problem.tsx';
import type { SetQuota_user$key } from './__generated__/SetQuota_user.graphql.ts';
import { ownOf, tokensFrom } from './quotas.ts';
import { useSetUserQuota } from './useSetUserQuota.ts';

export interface SetQuotaProps {
  readonly user: SetQuota_user$key;
  readonly onDone: () => void;
}

/** What one user may use instead of what the role may; a field that is left empty is the role's. */
export const SetQuota = ({ user: key, onDone }: SetQuotaProps) => {
  const { id, quota } = useFragment(
    graphql`
      fragment SetQuota_user on User {
        id
        quota {
          period
          limit
          isOwn
        }
      }
    `,
    key,
  );
  const [day, setDay] = useState(() => ownOf(quota, 'DAY'));
  const [month, setMonth] = useState(() => ownOf(quota, 'MONTH'));
  const { save, isSaving, problem, say } = useSetUserQuota(id, onDone);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const [ofDay, ofMonth] = [tokensFrom(day), tokensFrom(month)];
    if (ofDay === undefined || ofMonth === undefined) {
      say('Give whole numbers of tokens, such as 100,000, or leave a field empty.');
    } else save({ day: ofDay, month: ofMonth });
  };
  return (
    <form onSubmit={submit} noValidate className="space-y-4">
      <Field
        label="Tokens a day"
        inputMode="numeric"
        autoComplete="off"
        placeholder="As the role has"
        value={day}
        onChange={({ target }) => setDay(target.value)}
      />
      <Field
        label="Tokens a month"
        inputMode="numeric"
        autoComplete="off"
        placeholder="As the role has"
        hint="Prompts and answers together. An empty field means what the role has; 0 means none."
        value={month}
        onChange={({ target }) => setMonth(target.value)}
      />
      {problem && <Problem>{problem}</Problem>}
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" tone="accent" busy={isSaving}>
          Save
        </Button>
      </div>
    </form>
  );
};
