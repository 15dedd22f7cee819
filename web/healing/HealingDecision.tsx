import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { Field } from '../ui/Field.tsx';
import { Problem } from '../ui/Problem.tsx';
import { Select } from '../ui/Select.tsx';
import type { HealingDecision_healing$key } from './__generated__/HealingDecision_healing.graphql.ts';
import { useDecideHealing } from './useDecideHealing.ts';

/** The decision of a person: one declared action, or the end. Nothing where no decision is possible. */
export const HealingDecision = ({ healing: key }: { healing: HealingDecision_healing$key }) => {
  const { id, actions, rounds, viewerCanApprove, viewerCanClose } = useFragment(
    graphql`
      fragment HealingDecision_healing on Healing {
        id
        viewerCanApprove
        viewerCanClose
        actions {
          name
          description
        }
        rounds {
          action
        }
      }
    `,
    key,
  );
  const proposed = rounds.at(-1)?.action;
  const [action, setAction] = useState(proposed ?? actions[0]?.name ?? '');
  const [reason, setReason] = useState('');
  const [isClosing, setClosing] = useState(false);
  const { approve, close, isBusy, problem } = useDecideHealing(id);
  const chosen = actions.find(({ name }) => name === action);
  if (!viewerCanApprove && !viewerCanClose) return problem && <Problem>{problem}</Problem>;
  return (
    <form
      aria-label={t`Decision`}
      className="mt-4 space-y-3 rounded-xl border border-line bg-raised p-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (viewerCanApprove && !isBusy) approve(action, reason);
      }}
    >
      {viewerCanApprove && (
        <>
          <Select label={t`Action`} value={action} onChange={(event) => setAction(event.target.value)}>
            {actions.map(({ name }) => (
              <option key={name} value={name}>
                {name === proposed ? t`${name} (proposed)` : name}
              </option>
            ))}
          </Select>
          {chosen && chosen.description !== '' && (
            <p dir="auto" className="text-sm text-muted wrap-anywhere">
              {chosen.description}
            </p>
          )}
        </>
      )}
      <Field
        label={t`Reason`}
        value={reason}
        maxLength={2000}
        onChange={(event) => setReason(event.target.value)}
        hint={t`It is kept with the failure and in the audit log.`}
      />
      {problem && <Problem>{problem}</Problem>}
      <div className="flex flex-wrap gap-2">
        {viewerCanApprove && (
          <Button type="submit" tone="accent" busy={isBusy}>
            <Trans>Let the agent run it</Trans>
          </Button>
        )}
        {viewerCanClose && (
          <Button busy={isBusy} onClick={() => setClosing(true)}>
            <Trans>Close…</Trans>
          </Button>
        )}
      </div>
      <Confirm
        open={isClosing}
        title={t`Close this failure?`}
        description={t`The agent runs no more actions for it. This can't be undone.`}
        action={t`Close it`}
        onConfirm={() => {
          setClosing(false);
          close(reason);
        }}
        onClose={() => setClosing(false)}
      />
    </form>
  );
};
