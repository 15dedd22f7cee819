/** Thrown when the simulated service violates one of its guarantees. */
export class Violation extends Error {
  override readonly name = 'Violation';
}
