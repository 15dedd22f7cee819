import { t } from '@lingui/core/macro';

/** The labels of risks, by their names in the graph. */
export const riskLabels: Readonly<Record<string, () => string>> = {
  NONE: () => t`Only reads`,
  LOW: () => t`Low risk`,
  MEDIUM: () => t`Medium risk`,
  HIGH: () => t`High risk`,
};
