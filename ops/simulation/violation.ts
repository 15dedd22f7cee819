/** The simulated service broke a promise. */
export class Violation extends Error {
  override readonly name = 'Violation';
}
