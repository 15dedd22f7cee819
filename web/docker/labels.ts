/** The labels of risks, by their names in the graph. */
export const riskLabels: Readonly<Record<string, string>> = {
  NONE: 'Only reads',
  LOW: 'Low risk',
  MEDIUM: 'Medium risk',
  HIGH: 'High risk',
};
