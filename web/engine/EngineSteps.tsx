import { t } from '@lingui/core/macro';
import { graphql, useFragment } from 'react-relay';
import { CopyButton } from '../ui/CopyButton.tsx';
import { whole } from '../usage/amounts.ts';
import type { EngineSteps_engine$key } from './__generated__/EngineSteps_engine.graphql.ts';

/** The steps to get an engine. A command in quotes or backticks can be copied. */
export const EngineSteps = ({ engine: key }: { engine: EngineSteps_engine$key }) => {
  const { steps } = useFragment(
    graphql`
      fragment EngineSteps_engine on EngineHealth {
        steps
      }
    `,
    key,
  );
  if (steps.length === 0) return null;
  return (
    <ol className="mt-6 flex flex-col gap-4">
      {steps.map((step, index) => (
        <li key={step} className="flex gap-3">
          <span
            aria-hidden="true"
            className="flex size-6 shrink-0 items-center justify-center rounded-full bg-accent-soft text-xs font-semibold text-accent"
          >
            {whole(index + 1)}
          </span>
          <div dir="auto" className="min-w-0 flex-1 wrap-anywhere">
            {step.split(/[`"]([^`"]+)[`"][.,]?/).map((part, at) =>
              at % 2 === 1 ? (
                <span
                  // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one sentence, which only change together
                  key={at}
                  dir="ltr"
                  className="my-1.5 flex items-center rounded-lg bg-sunken ps-3 font-mono text-sm"
                >
                  <code className="min-w-0 flex-1 py-2">{part}</code>
                  <CopyButton text={part} label={t`Copy ${part}`} />
                </span>
              ) : (
                part
              ),
            )}
          </div>
        </li>
      ))}
    </ol>
  );
};
