import { t } from '@lingui/core/macro';

/** The labels of states, by their names in the graph. */
export const statusLabels: Readonly<Record<string, () => string>> = {
  DIAGNOSING: () => t`Diagnosing`,
  ACTING: () => t`Waits for the agent`,
  NEEDS_PERSON: () => t`Needs a decision`,
  HEALED: () => t`Healed`,
  CLOSED: () => t`Closed`,
};
