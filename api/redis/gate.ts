/** Something that is there or away, for those who need it and can wait a while. */
export interface Gate {
  open(): void;
  shut(): void;
  readonly isOpen: boolean;
  /** Whether it opened within `limitMs` milliseconds; at once where it is open. */
  wait(limitMs: number): Promise<boolean>;
}

export const createGate = (): Gate => {
  let isOpen = false;
  let opened = Promise.withResolvers<boolean>();

  return {
    open() {
      isOpen = true;
      opened.resolve(true);
    },
    shut() {
      if (isOpen) opened = Promise.withResolvers<boolean>();
      isOpen = false;
    },
    get isOpen() {
      return isOpen;
    },
    async wait(limitMs) {
      if (isOpen) return true;
      const late = Promise.withResolvers<boolean>();
      const timer = setTimeout(() => late.resolve(false), limitMs);
      try {
        return await Promise.race([opened.promise, late.promise]);
      } finally {
        clearTimeout(timer);
      }
    },
  };
};
