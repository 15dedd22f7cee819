/** What a worker sends to the primary process, over the channel of `node:cluster`. */
export type ToPrimary =
  /** The worker serves requests. `text` is its banner; `isNewAdmin`: it contains a password that is shown once. */
  | { readonly type: 'started'; readonly text: string; readonly isNewAdmin: boolean }
  /** A line for the terminal after the banner. */
  | { readonly type: 'line'; readonly text: string }
  /** Asks for the replies of all other workers. */
  | { readonly type: 'readAll'; readonly request: number }
  | { readonly type: 'reply'; readonly request: string; readonly value: unknown };

/** What the primary process sends to a worker. */
export type ToWorker =
  | { readonly type: 'read'; readonly request: string }
  | { readonly type: 'replies'; readonly request: number; readonly values: readonly unknown[] };
