/** The result of one check. Neither message nor remedy holds a secret. */
export interface Finding {
  /** The subject: `node`, `disk`, `redis`, … */
  readonly check: string;
  /** `warning`: the service runs, but not as well or as safely as it could. */
  readonly status: 'ok' | 'warning' | 'failed';
  readonly message: string;
  /** What to do. Absent if the status is `ok`. */
  readonly remedy?: string;
}

export const ok = (check: string, message: string): Finding => ({ check, status: 'ok', message });
export const warning = (check: string, message: string, remedy: string): Finding => ({
  check,
  status: 'warning',
  message,
  remedy,
});
export const failed = (check: string, message: string, remedy: string): Finding => ({
  check,
  status: 'failed',
  message,
  remedy,
});

/** The time that one network request of a check has, in ms. */
export const requestTimeoutMs = 5000;

/** Returns the reason of an error on one line. A failed `fetch` has it in its cause. */
export const reasonOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const [first = cause] = cause instanceof AggregateError ? cause.errors : [];
  const text = first instanceof Error ? first.message : String(first);
  return text.split('\n', 1)[0] ?? '';
};
