/**
 * An expected error that prevents the start. Its message is one line that says what is wrong and what to do, without
 * secrets.
 */
export class StartupError extends Error {
  override readonly name: string = 'StartupError';
}
