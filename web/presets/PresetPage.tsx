import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useRef, useState } from 'react';
import { graphql } from 'react-relay';
import { useLocation } from 'react-router';
import { ReadOnly } from '../messages/ReadOnly.tsx';
import { basePath } from '../relay/basePath.ts';
import { useRouteQuery } from '../relay/useRouteQuery.ts';
import { PageHeader } from '../shell/PageHeader.tsx';
import { Problem } from '../ui/Problem.tsx';
import { useTitle } from '../ui/useTitle.ts';
import type { PresetPageQuery } from './__generated__/PresetPageQuery.graphql.ts';
import { presetText } from './builtInTexts.ts';
import { PresetForm } from './PresetForm.tsx';
import { presetTitle } from './presetTitles.ts';
import { ResultCard } from './results/ResultCard.tsx';
import type { Result } from './results/types.ts';
import { type RunRequest, runPresetAt } from './runPreset.ts';
import { usePresetRun } from './usePresetRun.ts';

const runPreset = runPresetAt(basePath);

/** A preset: a form with its variables, and the result. */
export const PresetPage = () => {
  const { viewer, preset, dockerEnabled } = useRouteQuery<PresetPageQuery>(graphql`
    query PresetPageQuery($name: String!) @preloadable {
      dockerEnabled
      viewer {
        viewerCanGenerate
      }
      preset(name: $name) {
        current {
          definition {
            name
            title
            description
            workflow
            ...PresetForm_definition
          }
        }
      }
    }
  `);
  const { definition } = preset.current;
  const title = presetTitle(definition.title);
  useTitle(title);
  const { state, run, stop } = usePresetRun(runPreset);
  /** The variables of the last run, and of the next one if it starts from an output. */
  const last = useRef<RunRequest['variables']>({});
  const [next, setNext] = useState<{ readonly count: number; readonly values: RunRequest['variables'] }>({
    count: 0,
    values: {},
  });
  const given: unknown = useLocation().state?.text;
  return (
    <div className="flex h-full flex-col">
      <PageHeader title={title} />
      <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-16 md:px-6">
        <div className="mx-auto max-w-3xl">
          <p dir="auto" className="pt-2 pb-6 text-muted">
            {presetText(definition.description)}
          </p>
          {viewer?.viewerCanGenerate === false ? (
            <ReadOnly />
          ) : (
            <PresetForm
              key={`${definition.name} ${next.count}`}
              definition={definition}
              text={typeof given === 'string' ? given : null}
              initial={next.values}
              isRunning={state.status === 'running'}
              onRun={(variables) => {
                last.current = variables;
                void run({ name: definition.name, variables });
              }}
              onStop={stop}
            />
          )}
          <div className="mt-6 flex flex-col gap-4">
            {state.status === 'running' && (
              <p role="status" className="text-sm text-muted">
                <Trans>
                  The model is working. A long input is processed in parts. Leaving this page stops it.
                </Trans>
              </p>
            )}
            {state.status === 'stopped' && (
              <p role="status" className="text-muted">
                <Trans>Stopped.</Trans>
              </p>
            )}
            {state.status === 'failed' && <Problem>{state.problem}</Problem>}
            {state.status === 'failed' && state.text && (
              <section aria-label={t`Text of the model`}>
                <h2 className="text-sm font-medium">
                  <Trans>What the model wrote</Trans>
                </h2>
                <pre
                  dir="auto"
                  className="mt-1.5 overflow-x-auto rounded-lg bg-sunken p-3 font-mono text-sm whitespace-pre-wrap wrap-anywhere"
                >
                  {state.text}
                </pre>
              </section>
            )}
            {state.status === 'done' && (
              <ResultCard
                run={state.run}
                workflow={definition.workflow as Result['workflow']}
                docker={{
                  isConnected: dockerEnabled,
                  onUseOutput: (output) =>
                    setNext(({ count }) => ({ count: count + 1, values: { ...last.current, output } })),
                }}
              />
            )}
          </div>
        </div>
      </div>
    </div>
  );
};
