import type { ComponentType } from 'react';

type Load = () => Promise<void>;

/** A component whose code loads with its first use. */
export interface OnDemand<Props> {
  /** Null until the code is loaded. */
  readonly Component: ComponentType<Props> | null;
  /** Loads the code. Rejects if it can't be loaded; the next call retries. */
  readonly load: Load;
}

const parts = new Set<Load>();

/** Returns what loads the code of all parts that are known so far. */
export const partsOnDemand = (): Iterable<Load> => parts;

/** Makes code load with its first use, or before that when the browser is idle. Returns what loads it, once. */
export const whenIdle = (loadCode: Load): Load => {
  let loading: Promise<void> | null = null;
  const load = () => {
    loading ??= loadCode().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  };
  parts.add(load);
  return load;
};

/** Defines a part of pages whose code loads with its first use, or before that when the browser is idle. */
export const onDemand = <Props>(loadCode: () => Promise<ComponentType<Props>>): OnDemand<Props> => {
  let component: ComponentType<Props> | null = null;
  const load = whenIdle(async () => {
    component = await loadCode();
  });
  return {
    get Component() {
      return component;
    },
    load,
  };
};
