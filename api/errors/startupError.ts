/**
 * The service can't start, for a reason that was foreseen. The message is one line: what is wrong, and what to do. It
 * holds no secret.
 */
export class StartupError extends Error {
  override readonly name: string = 'StartupError';
}
