/** The labels of states, by their names in the graph. */
export const statusLabels: Readonly<Record<string, string>> = {
  DIAGNOSING: 'Diagnosing',
  ACTING: 'Waits for the agent',
  NEEDS_PERSON: 'Needs you',
  HEALED: 'Healed',
  CLOSED: 'Closed',
};
