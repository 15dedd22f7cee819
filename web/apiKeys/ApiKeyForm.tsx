import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import type { FormEvent } from 'react';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { Problem } from '../ui/Problem.tsx';
import { Select } from '../ui/Select.tsx';
import { endOf, expiries } from './expiries.ts';
import { type Scope, scopes } from './scopes.ts';
import type { NewApiKeyInput } from './useCreateApiKey.ts';

export interface ApiKeyFormProps {
  /** The scopes that the viewer may grant to a key. */
  readonly allowed: readonly Scope[];
  readonly busy: boolean;
  readonly problem: string | null;
  readonly onSubmit: (input: NewApiKeyInput) => void;
  readonly onCancel: () => void;
}

export const ApiKeyForm = ({ allowed, busy, problem, onSubmit, onCancel }: ApiKeyFormProps) => {
  const offered = scopes.filter(({ scope }) => allowed.includes(scope));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const entered = new FormData(event.currentTarget);
    onSubmit({
      name: String(entered.get('name')).trim(),
      scopes: offered.map(({ scope }) => scope).filter((scope) => entered.has(scope)),
      expiresAt: endOf(String(entered.get('days'))),
    });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-5">
      <Field
        label={t`Name`}
        name="name"
        placeholder={t`Where it is used`}
        maxLength={80}
        autoComplete="off"
        required
      />
      <fieldset>
        <legend className="mb-1.5 text-sm font-medium">
          <Trans>Permissions</Trans>
        </legend>
        <div className="flex flex-col gap-2.5">
          {offered.map(({ scope, label, hint }, index) => (
            <label key={scope} className="flex items-start gap-2.5">
              <input
                type="checkbox"
                name={scope}
                defaultChecked={index === 0}
                className="mt-1 size-4 accent-accent"
              />
              <span>
                <span className="font-medium">{label()}</span>
                <span className="block text-sm text-muted">{hint()}</span>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <Select label={t`Valid for`} name="days" defaultValue="90">
        {expiries.map(({ days, label }) => (
          <option key={days} value={days}>
            {label()}
          </option>
        ))}
      </Select>
      {problem && <Problem>{problem}</Problem>}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>
          <Trans>Cancel</Trans>
        </Button>
        <Button type="submit" tone="accent" busy={busy}>
          <Trans>Create key</Trans>
        </Button>
      </div>
    </form>
  );
};
