import type { Generation } from '../../generation.ts';

/** The maximum answers that wait for decisions in one process: of one user, with all API keys, and of all users. */
export const maxWaits = { ofOwner: 4, ofAll: 64 } as const;

type Waiting = Pick<Generation, 'id' | 'ownerId'>;

/** The answers of this process that wait until their users have decided on a call. Each takes memory. */
export interface DecisionWaits {
  /** Returns why no further answer of the owner may begin to wait; null if it may. */
  limitOf(ownerId: string): 'owner' | 'all' | null;
  /** Begins a wait. Call the result at its end. */
  begin(generation: Waiting): () => void;
  /** Returns the answers that wait now. */
  all(): Iterable<Waiting>;
}

/** `began` is called at the begin of each wait. */
export const createDecisionWaits = (began: (generation: Waiting) => void = () => {}): DecisionWaits => {
  const waiting = new Set<Waiting>();
  return {
    limitOf(ownerId) {
      if (waiting.size >= maxWaits.ofAll) return 'all';
      const own = [...waiting].filter((one) => one.ownerId === ownerId);
      return own.length >= maxWaits.ofOwner ? 'owner' : null;
    },
    begin({ id, ownerId }) {
      const one = { id, ownerId };
      waiting.add(one);
      began(one);
      return () => waiting.delete(one);
    },
    all: () => waiting,
  };
};
