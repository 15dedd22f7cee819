import { demand } from '../access/permissions.ts';
import type { Viewer } from '../access/viewer.ts';
import type { CallerLimits } from '../config/values/callerLimits.ts';
import { Failure } from '../errors/failures.ts';
import type { RecordLimitHit } from '../limits/hits/log.ts';
import type { LimitKind } from '../limits/hits/store.ts';
import { type Page, type PageRequest, pageOf } from '../paging/pages.ts';
import { addressGroup } from '../process/addressGroup.ts';
import {
  byAmount,
  type CallerResource,
  type Claim,
  type Holder,
  type Holding,
  nameOf,
  type Rejection,
  type Resource,
} from './budget.ts';
import { createHoldingCounter } from './holdingCounter.ts';
import type { HoldingSource } from './holdingSource.ts';
import { type BudgetStore, maxHoldings } from './store.ts';

/** The caller that acquires a resource. Anonymous callers are counted by address. */
export interface BudgetCaller {
  readonly viewer: Pick<Viewer, 'user' | 'apiKey'> | null;
  readonly address: string | null;
}

/** Releases what was acquired. Idempotent. */
export type Release = () => void;

/** Counts rejections for metrics. */
export interface BudgetObserver {
  budgetRefused(resource: Resource, kind: Holder['kind']): void;
  /** Counts a caller that reached any limit. */
  limitReached(limit: LimitKind): void;
}

/** Limits the resources that each caller can hold. */
export interface Budgets {
  /** Acquires for the user and the API key, or the address. Throws `RATE_LIMITED`. */
  acquire(caller: BudgetCaller, resource: 'SOCKETS' | 'STREAMS'): Promise<Release>;
  /** Waits for a free operation slot of the caller. Throws `RATE_LIMITED` after a timeout or if too many wait. */
  startOperation(caller: BudgetCaller): Promise<Release>;
  /** Counts the bytes of a request or an answer while they are buffered. Throws `RATE_LIMITED` over the limit. */
  holdBytes(caller: BudgetCaller, bytes: number): Release;
  /** Like `holdBytes`, of an answer. Throws `TOO_COMPLEX` for one that is larger than the limit by itself. */
  holdAnswer(caller: BudgetCaller, bytes: number): Release;
  /**
   * Returns a page of current holdings, the largest first, of one resource or of all (null); at most `maxHoldings` of each.
   * For administrators. Throws `FORBIDDEN`, and `SERVICE_UNAVAILABLE` while a resource can't be read.
   */
  page(viewer: Viewer, page: PageRequest<string>, resource: Resource | null): Promise<Page<Holding>>;
  /** Returns the holdings of this process by resource and kind of holder, for metrics. */
  totals(): readonly HeldTotal[];
  /** The same of resources that are counted on all replicas together. Leaves out those that can't be read. */
  sharedTotals(): Promise<readonly HeldTotal[]>;
  close(): Promise<void>;
}

/** What all holders of a kind hold of a resource. */
export interface HeldTotal {
  readonly resource: Resource;
  readonly kind: Holder['kind'];
  readonly amount: number;
}

export interface BudgetsDeps {
  readonly store: BudgetStore;
  readonly limits: CallerLimits;
  readonly recordLimitHit: RecordLimitHit;
  readonly observer?: BudgetObserver;
  /** Resources that other services limit. Absent: none. */
  readonly sources?: readonly HoldingSource[];
  /** The maximum time that an operation waits for a slot, in milliseconds. */
  readonly waitMs?: number;
}

const defaultWaitMs = 10_000;
/** Maximum waiting operations of one caller. */
const maxWaiting = 200;
/**
 * Limits of the buffered bytes of all users, and of all anonymous callers, in multiples of one caller's limit. Counted
 * separately, so that anonymous callers can't use up the users' share. The difference to `large` is reserved for callers with
 * small holdings: a few callers with large ones can't keep out the others.
 */
const bufferedCallers = { USER: { all: 2, large: 1.5 }, ADDRESS: { all: 1.25, large: 1 } } as const;
/** The part of one caller's limit that is a small holding. */
const smallHolding = 1 / 16;

/** Sorts like `byAmount`. */
export const holdingKeyOf = ({ resource, holder, amount }: Holding): string =>
  `${String(1e15 - amount).padStart(16, '0')} ${nameOf(resource, holder)}`;

export const createBudgets = (deps: BudgetsDeps): Budgets => {
  const { store, limits, recordLimitHit, observer, sources = [], waitMs = defaultWaitMs } = deps;
  /** Holdings of resources that are counted per process. */
  const local = createHoldingCounter();
  /** This process's holdings of shared resources, for its metrics. */
  const acquired = createHoldingCounter();
  const waiting = new Map<string, (() => void)[]>();
  const buffered = { USER: 0, ADDRESS: 0 };

  const rejectCaller = (
    caller: BudgetCaller,
    resource: CallerResource,
    { holder, limit }: Rejection,
  ): Failure => {
    const userId = caller.viewer?.user.id ?? null;
    recordLimitHit({ limit: resource, userId, address: userId === null ? caller.address : null });
    observer?.budgetRefused(resource, holder.kind);
    return tooMany(resource, holder, limit);
  };

  const readSource = async ({ resource, read }: HoldingSource): Promise<readonly Holding[]> =>
    (await read(maxHoldings)).largest.map(({ ownerId, amount }) => ({
      resource,
      holder: { kind: 'USER', id: ownerId },
      amount,
    }));

  /** Returns the holdings of one resource, or of all (null). */
  const holdingsOf = async (resource: Resource | null): Promise<readonly Holding[]> => {
    const chosen = sources.filter((source) => resource === null || source.resource === resource);
    const isCountedHere = resource === null || !sources.some((source) => source.resource === resource);
    const all = await Promise.all([isCountedHere ? store.holdings() : [], ...chosen.map(readSource)]);
    return [...all.flat(), ...local.holdings().slice(0, maxHoldings)].filter(
      (held) => resource === null || held.resource === resource,
    );
  };

  const holdBytes: Budgets['holdBytes'] = (caller, bytes) => {
    const holder = ownerOf(caller);
    const claim = { holder, limit: limits.bufferedBytes };
    const kind = caller.viewer ? 'USER' : 'ADDRESS';
    const { all, large } = bufferedCallers[kind];
    const isSmall = local.held('BUFFERED_BYTES', holder) + bytes <= limits.bufferedBytes * smallHolding;
    const isFull = buffered[kind] + bytes > limits.bufferedBytes * (isSmall ? all : large);
    const rejection = isFull
      ? { ...claim, held: buffered[kind] }
      : local.tryAcquire('BUFFERED_BYTES', [claim], bytes);
    if (rejection) throw rejectCaller(caller, 'BUFFERED_BYTES', rejection);
    buffered[kind] += bytes;
    return once(() => {
      buffered[kind] -= bytes;
      local.release('BUFFERED_BYTES', holder, bytes);
    });
  };

  return {
    async acquire(caller, resource) {
      const claims = claimsOf(caller, resource, limits);
      const rejection = await store.acquire(resource, claims, 1);
      if (rejection) throw rejectCaller(caller, resource, rejection);
      const holders = claims.map(({ holder }) => holder);
      for (const holder of holders) acquired.add(resource, holder, 1);
      return once(() => {
        store.release(resource, holders, 1);
        for (const holder of holders) acquired.release(resource, holder, 1);
      });
    },

    async startOperation(caller) {
      const holder = ownerOf(caller);
      const claims = [{ holder, limit: limits.operations }];
      const release = once(() => {
        const queue = waiting.get(nameOf('OPERATIONS', holder));
        const next = queue?.shift();
        // The next operation takes over the slot.
        if (next) next();
        else local.release('OPERATIONS', holder, 1);
      });
      const rejection = local.tryAcquire('OPERATIONS', claims, 1);
      if (!rejection) return release;
      const name = nameOf('OPERATIONS', holder);
      const queue = waiting.get(name) ?? [];
      if (queue.length >= maxWaiting) throw rejectCaller(caller, 'OPERATIONS', rejection);
      waiting.set(name, queue);
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      queue.push(resolve);
      const timer = setTimeout(() => {
        const at = queue.indexOf(resolve);
        if (at < 0) return;
        queue.splice(at, 1);
        reject(rejectCaller(caller, 'OPERATIONS', rejection));
      }, waitMs);
      try {
        await promise;
        return release;
      } finally {
        clearTimeout(timer);
        if (queue.length === 0 && waiting.get(name) === queue) waiting.delete(name);
      }
    },

    holdBytes,

    holdAnswer(caller, bytes) {
      if (bytes > limits.bufferedBytes) throw answerTooLarge(bytes, limits.bufferedBytes);
      return holdBytes(caller, bytes);
    },

    async page(viewer, page, resource) {
      demand(viewer, 'manageUsers');
      return pageOf([...(await holdingsOf(resource))].sort(byAmount), page, holdingKeyOf);
    },

    totals() {
      const sums = new Map<string, { resource: Resource; kind: Holder['kind']; amount: number }>();
      for (const { resource, holder, amount } of [...acquired.holdings(), ...local.holdings()]) {
        const name = `${resource} ${holder.kind}`;
        const sum = sums.get(name) ?? { resource, kind: holder.kind, amount: 0 };
        sum.amount += amount;
        sums.set(name, sum);
      }
      return [...sums.values()];
    },

    async sharedTotals() {
      const read = sources.map(
        async ({ resource, read }): Promise<HeldTotal> => ({
          resource,
          kind: 'USER',
          amount: (await read(1)).total,
        }),
      );
      const settled = await Promise.allSettled(read);
      return settled.flatMap((total) => (total.status === 'fulfilled' ? [total.value] : []));
    },

    close: () => store.close(),
  };
};

const once = (release: Release): Release => {
  let isHeld = true;
  return () => {
    if (isHeld) release();
    isHeld = false;
  };
};

/** Returns the user, for all of its keys, or the address of an anonymous caller. */
const ownerOf = ({ viewer, address }: BudgetCaller): Holder =>
  viewer ? { kind: 'USER', id: viewer.user.id } : { kind: 'ADDRESS', id: addressGroup(address ?? 'unknown') };

/**
 * Returns the name of the holder that a caller's work counts for, the same for all keys and sessions of a user, and its kind:
 * a caller and its group for `FairScheduler`.
 */
export const callerAndGroupOf = (caller: BudgetCaller): [name: string, kind: Holder['kind']] => {
  const { kind, id } = ownerOf(caller);
  return [`${kind} ${id}`, kind];
};

const claimsOf = (
  caller: BudgetCaller,
  resource: 'SOCKETS' | 'STREAMS',
  limits: CallerLimits,
): readonly Claim[] => {
  const [ofUser, ofKey, ofAddress] =
    resource === 'SOCKETS'
      ? [limits.userSockets, limits.keySockets, limits.addressSockets]
      : [limits.userStreams, limits.keyStreams, limits.addressStreams];
  const holder = ownerOf(caller);
  const key = caller.viewer?.apiKey;
  return [
    { holder, limit: caller.viewer ? ofUser : ofAddress },
    ...(key ? [{ holder: { kind: 'KEY', id: key.id } as const, limit: ofKey }] : []),
  ];
};

const nouns: Readonly<Record<CallerResource, string>> = {
  SOCKETS: 'open sockets',
  STREAMS: 'open streams',
  OPERATIONS: 'concurrent operations',
  BUFFERED_BYTES: 'buffered bytes of requests and unread answers',
};

const owners: Readonly<Record<Holder['kind'], string>> = {
  USER: 'a user',
  KEY: 'an API key',
  ADDRESS: 'an anonymous address',
};

/** `Retry-After`, in seconds. */
const retryAfter = 5;

const tooMany = (resource: CallerResource, { kind }: Holder, limit: number): Failure =>
  new Failure(
    'RATE_LIMITED',
    `Too many ${nouns[resource]}: the limit for ${owners[kind]} is ${limit}. Close or finish some, then try again.`,
    { retryAfter, resource, limit },
  );

const answerTooLarge = (bytes: number, limit: number): Failure =>
  new Failure(
    'TOO_COMPLEX',
    `The answer has ${bytes} bytes, more than the ${limit} that a caller may leave unread. Ask for less, or for it in parts.`,
    { limit },
  );
