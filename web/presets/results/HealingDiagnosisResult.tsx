import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { type HealingDiagnosis, percentOf } from './types.ts';

export const HealingDiagnosisResult = ({ value }: { value: HealingDiagnosis }) => {
  const confidence = percentOf(value.confidence);
  return (
    <>
      <h3 className="font-semibold">
        <Trans>Diagnosis</Trans>
      </h3>
      <p dir="auto" className="mt-1 wrap-anywhere">
        {value.diagnosis}
      </p>
      <p className="mt-2 text-sm text-muted">
        <Trans>{confidence} % confidence</Trans>
      </p>
      <h3 className="mt-5 font-semibold">
        <Trans>Proposed action</Trans>
      </h3>
      <p className="mt-1">
        {value.action === null ? (
          t`None of the declared actions: a person has to decide.`
        ) : (
          <code className="font-mono wrap-anywhere">{value.action}</code>
        )}
      </p>
      <p dir="auto" className="mt-2 wrap-anywhere">
        {value.explanation}
      </p>
    </>
  );
};
