import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { graphql, useFragment } from 'react-relay';
import { whole } from '../usage/amounts.ts';
import type { HealingRoundItem_round$key } from './__generated__/HealingRoundItem_round.graphql.ts';

/** One diagnosis with its action and its result. Log, state and output are plain text: agents wrote them. */
export const HealingRoundItem = ({ round: key }: { round: HealingRoundItem_round$key }) => {
  const { number, diagnosis, action, explanation, confidence, log, state, result } = useFragment(
    graphql`
      fragment HealingRoundItem_round on HealingRound {
        number
        diagnosis
        action
        explanation
        confidence
        log
        state
        result {
          succeeded
          output
        }
      }
    `,
    key,
  );
  const roundNumber = whole(number);
  const percent = typeof confidence === 'number' ? whole(Math.round(confidence * 100)) : null;
  return (
    <li className="rounded-xl border border-line p-4">
      <h3 className="font-semibold">
        <Trans>Round {roundNumber}</Trans>
      </h3>
      {diagnosis !== '' && (
        <p dir="auto" className="mt-1 wrap-anywhere">
          {diagnosis}
        </p>
      )}
      <p className="mt-2 text-sm wrap-anywhere">
        {!action ? t`No declared action helps` : <code className="font-mono">{action}</code>}
        <span className="text-muted">
          {' · '}
          {percent === null ? t`approved by a person` : t`${percent} % confidence`}
        </span>
      </p>
      {explanation !== '' && (
        <p dir="auto" className="mt-1 text-sm wrap-anywhere">
          {explanation}
        </p>
      )}
      {result && (
        <p className="mt-2 text-sm font-medium">
          {result.succeeded ? t`The agent works again.` : t`The action failed.`}
        </p>
      )}
      <Text title={t`Output`} text={result?.output ?? ''} />
      <Text title={t`Log`} text={log} />
      <Text title={t`State`} text={state} />
    </li>
  );
};

const Text = ({ title, text }: { title: string; text: string }) =>
  text !== '' && (
    <details className="mt-2 text-sm">
      <summary className="cursor-pointer py-0.5 pointer-coarse:py-2">{title}</summary>
      <pre dir="auto" className="mt-1 max-h-80 overflow-auto rounded-lg bg-sunken p-3 font-mono text-xs">
        {text}
      </pre>
    </details>
  );
