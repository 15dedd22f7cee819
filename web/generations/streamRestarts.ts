const restarts = new Map<string, () => void>();

/** Lets the stream of a generation be restarted. Returns a function that ends that. */
export const allowRestart = (generationId: string, restart: () => void): (() => void) => {
  restarts.set(generationId, restart);
  return () => {
    if (restarts.get(generationId) === restart) restarts.delete(generationId);
  };
};

/**
 * Restarts the stream of a generation, whose first event has its present state. Unlike the response of a query, it can't arrive
 * after later events, which it would undo. Returns false if there is no stream: the answer isn't running.
 */
export const restartStream = (generationId: string): boolean => {
  const restart = restarts.get(generationId);
  restart?.();
  return restart !== undefined;
};
