import { ZiggieError } from '../errors.ts';

/** Gives up on what takes longer than `ms` milliseconds, with `UNREACHABLE`. */
export const within = async <Result>(
  ms: number,
  what: string,
  run: () => Result | Promise<Result>,
): Promise<Result> => {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new ZiggieError('UNREACHABLE', `${what} took longer than ${ms / 1000} seconds.`)),
    ms,
  );
  try {
    return await Promise.race([run(), late.promise]);
  } finally {
    clearTimeout(timer);
  }
};
