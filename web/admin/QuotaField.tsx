import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { type Ref, useId } from 'react';
import { whole } from '../usage/amounts.ts';
import type { QuotaChoice } from './quotas.ts';
import { nameOfRole } from './roles.ts';

export interface QuotaFieldProps {
  readonly legend: string;
  readonly role: string;
  /** The limit of the user's role; null for none. */
  readonly roleLimit: number | null;
  readonly choice: QuotaChoice;
  readonly problem: string | null;
  readonly input: Ref<HTMLInputElement>;
  readonly onChoose: (choice: QuotaChoice) => void;
}

/** A choice between the role's limit and a limit of the user's own. */
export const QuotaField = ({
  legend,
  role,
  roleLimit,
  choice,
  problem,
  input,
  onChoose,
}: QuotaFieldProps) => {
  const id = useId();
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">{legend}</legend>
      <div className="divide-y divide-line rounded-lg border border-line">
        <label className="flex min-h-11 items-center gap-2.5 px-3 py-2">
          <input
            type="radio"
            name={id}
            checked={!choice.isOwn}
            onChange={() => onChoose({ ...choice, isOwn: false })}
            className="size-4 shrink-0 accent-accent"
          />
          <span className="min-w-0 flex-1">
            <Trans>Same as the role</Trans>
          </span>
          <span className="text-sm text-muted tabular-nums">
            {nameOfRole(role)}: {roleLimit === null ? t`no limit` : whole(roleLimit)}
          </span>
        </label>
        <div className="flex min-h-11 items-center gap-2.5 px-3 py-1.5">
          <label className="flex flex-1 items-center gap-2.5 py-1 whitespace-nowrap">
            <input
              type="radio"
              name={id}
              checked={choice.isOwn}
              onChange={() => onChoose({ ...choice, isOwn: true })}
              className="size-4 shrink-0 accent-accent"
            />
            <Trans>Own limit</Trans>
          </label>
          <input
            ref={input}
            aria-label={legend}
            aria-invalid={problem !== null}
            aria-describedby={problem ? `${id}-problem` : undefined}
            inputMode="numeric"
            autoComplete="off"
            value={choice.typed}
            onChange={({ target }) => onChoose({ isOwn: true, typed: target.value })}
            className={`h-9 w-32 rounded-md sm:w-40 border border-line-strong bg-canvas px-2.5 text-end text-base tabular-nums focus-visible:border-accent focus-visible:outline-offset-0 aria-invalid:border-danger ${choice.isOwn ? '' : 'opacity-60'}`}
          />
        </div>
      </div>
      {problem && (
        <p id={`${id}-problem`} role="alert" className="mt-1.5 text-sm text-danger wrap-anywhere">
          {problem}
        </p>
      )}
    </fieldset>
  );
};
