/** The other processes on the same ports, on this machine. */
export interface Siblings {
  /** Sets what this process replies to the others. */
  onRead(read: () => Promise<unknown>): void;
  /** Returns the replies of the others. Those that don't reply within two seconds are left out. Never rejects. */
  readAll(): Promise<readonly unknown[]>;
}
