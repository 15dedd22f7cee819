import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Braces } from 'lucide-react';
import { useState } from 'react';
import { Markdown } from '../../messages/Markdown.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { secondsOf } from '../../ui/moments.ts';
import type { FinishedRun } from '../runPreset.ts';
import { CodeReviewResult } from './CodeReviewResult.tsx';
import { DockerPlanResult, type DockerPlanResultProps } from './DockerPlanResult.tsx';
import { ErrorExplanationResult } from './ErrorExplanationResult.tsx';
import { HealingDiagnosisResult } from './HealingDiagnosisResult.tsx';
import { MeetingSummaryResult } from './MeetingSummaryResult.tsx';
import { markdownOf } from './markdown.ts';
import type { Result } from './types.ts';

export interface ResultCardProps {
  readonly run: FinishedRun;
  readonly workflow: Result['workflow'];
  readonly docker: Omit<DockerPlanResultProps, 'value'>;
}

/** The result of a run: readable, as JSON, and copyable as both. */
export const ResultCard = ({ run, workflow, docker }: ResultCardProps) => {
  const [showsJson, setShowsJson] = useState(false);
  // The workflow decides the shape of its result.
  const result = { workflow, value: run.result } as Result;
  const json = JSON.stringify(run.result, null, 2);
  return (
    <section aria-label={t`Result`} className="rounded-2xl border border-line bg-raised">
      <div className="flex items-center gap-1 border-b border-line py-1.5 ps-4 pe-2">
        <h2 className="min-w-0 flex-1 truncate font-semibold">
          <Trans>Result</Trans>
        </h2>
        {run.result !== null && (
          <IconButton
            icon={Braces}
            label={showsJson ? t`Show as text` : t`Show as JSON`}
            compact
            onClick={() => setShowsJson((shown) => !shown)}
          />
        )}
        <CopyButton
          text={showsJson ? json : markdownOf(result, run.text)}
          label={showsJson ? t`Copy JSON` : t`Copy Markdown`}
        />
      </div>
      <div className="p-4">
        {showsJson ? (
          <pre className="overflow-x-auto font-mono text-sm">{json}</pre>
        ) : (
          <Shown result={result} text={run.text} docker={docker} />
        )}
      </div>
      <p className="border-t border-line px-4 py-2 text-sm text-muted">
        {factsOf(run).join(' · ')}
        {run.modelReason && <span className="block">{run.modelReason}</span>}
      </p>
    </section>
  );
};

const factsOf = ({
  model,
  durationMs,
  promptTokens,
  completionTokens,
  answers,
  repairs,
}: FinishedRun): readonly string[] => {
  const tokens = promptTokens + completionTokens;
  return [
    model,
    secondsOf(durationMs / 1000, 1),
    plural(tokens, { one: '# token', other: '# tokens' }),
    ...(answers > 1 ? [plural(answers, { one: '# answer', other: '# answers' })] : []),
    ...(repairs > 0
      ? [
          t({
            message: plural(repairs, { one: '# repaired', other: '# repaired' }),
            comment: 'Answers that were repaired',
          }),
        ]
      : []),
  ];
};

const Shown = ({
  result,
  text,
  docker,
}: {
  result: Result;
  text: string;
  docker: ResultCardProps['docker'];
}) => {
  switch (result.workflow) {
    case 'ERROR_EXPLANATION':
      return <ErrorExplanationResult value={result.value} />;
    case 'MEETING_SUMMARY':
      return <MeetingSummaryResult value={result.value} />;
    case 'CODE_REVIEW':
      return <CodeReviewResult value={result.value} />;
    case 'DOCKER_PLAN':
      return <DockerPlanResult value={result.value} {...docker} />;
    case 'AGENT_HEALING':
      return <HealingDiagnosisResult value={result.value} />;
    default:
      return <Markdown text={markdownOf(result, text)} isStreaming={false} />;
  }
};
