/** Counts the iterations of the event loop while something runs. */
export const iterationsOf = async (run: () => Promise<unknown>): Promise<number> => {
  let iterations = 0;
  let next: NodeJS.Immediate;
  const count = () => {
    iterations += 1;
    next = setImmediate(count);
  };
  next = setImmediate(count);
  await run().finally(() => clearImmediate(next));
  return iterations;
};
