/** Reports a call that returned a promise, when it has settled. `error` is null if it succeeded. */
export type OnCall = (component: string, durationS: number, error: unknown) => void;

/** Calls that last as long as their subject: they say nothing about latency. */
const untimed = new Set<PropertyKey>(['close', 'ready']);

/** Decorates an object: reports each call of its methods that returns a promise. Other properties are those of the object. */
export const observeCalls = <Target extends object>(
  target: Target,
  component: string,
  onCall: OnCall,
): Target => {
  const wrapped = new Map<PropertyKey, unknown>();

  const wrap =
    (name: PropertyKey) =>
    (...args: unknown[]): unknown => {
      const method = Reflect.get(target, name) as (...args: unknown[]) => unknown;
      const startedAt = performance.now();
      const report = (error: unknown) => onCall(component, (performance.now() - startedAt) / 1000, error);
      const result = Reflect.apply(method, target, args);
      // The caller gets the promise itself, so that a rejection stays its own.
      if (result instanceof Promise) result.then(() => report(null), report);
      return result;
    };

  return new Proxy(target, {
    get(_, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function' || untimed.has(name)) return value;
      if (!wrapped.has(name)) wrapped.set(name, wrap(name));
      return wrapped.get(name);
    },
  });
};
