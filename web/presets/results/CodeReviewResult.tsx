import { i18n } from '@lingui/core';
import { select, t } from '@lingui/core/macro';
import { Badge } from '../../ui/Badge.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { Patch } from './Patch.tsx';
import { type CodeFinding, type CodeReview, verdictLabels } from './types.ts';

export const CodeReviewResult = ({ value }: { value: CodeReview }) => (
  <>
    <h3 className="font-semibold">{i18n._(verdictLabels[value.verdict])}</h3>
    <p dir="auto" className="mt-1 whitespace-pre-line wrap-anywhere">
      {value.summary}
    </p>
    {value.findings.length > 0 && (
      <ul aria-label={t`Findings`} className="mt-4 space-y-5">
        {value.findings.map(({ file, line, severity, title, explanation, patch }) => (
          <li key={`${file} ${line} ${title}`}>
            <p className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
              <code className="font-mono text-sm wrap-anywhere">
                {file}:{line}
              </code>
              <Badge>{severityOf(severity)}</Badge>
            </p>
            <h4 dir="auto" className="mt-1 font-medium wrap-anywhere">
              {title}
            </h4>
            <p dir="auto" className="mt-0.5 wrap-anywhere">
              {explanation}
            </p>
            {patch !== null && (
              <div className="mt-2 flex items-start gap-1 rounded-lg bg-sunken p-2">
                <Patch patch={patch} />
                <CopyButton text={patch} label={t`Copy patch`} />
              </div>
            )}
          </li>
        ))}
      </ul>
    )}
  </>
);

const severityOf = (severity: CodeFinding['severity']): string =>
  select(severity, { CRITICAL: 'Critical', HIGH: 'High', MEDIUM: 'Medium', other: 'Low' });
