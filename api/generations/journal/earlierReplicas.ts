/** Whether replicas of releases before the common channel of notices are live. They use a channel for each generation. */
export interface EarlierReplicas {
  areLive(): boolean;
  /** Calls the listener when `areLive` changes. Call the result to stop. */
  onChange(listener: () => void): () => void;
}
