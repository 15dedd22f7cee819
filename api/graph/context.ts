import type DataLoader from 'dataloader';
import type { User } from '../access/user.ts';
import type { Viewer } from '../access/viewer.ts';
import type { CallerLimits } from '../config/values/callerLimits.ts';
import { unauthenticated } from '../errors/failures.ts';
import type { KeyedLimit } from '../process/keyedLimit.ts';
import type { Bus } from '../realtime/bus.ts';
import { createResponseMeter, type ResponseMeter } from './responseMeter.ts';

/**
 * The services that resolvers call, for every transport. Each noun declares its own in `<noun>/graph/context.ts`, by
 * declaration merging, so this folder depends on no noun.
 */
export interface Services {
  readonly stores: Stores;
  readonly bus: Bus;
  readonly callerLimits: CallerLimits;
  /** Limits how many lists are loaded concurrently per caller. */
  readonly listLimit: KeyedLimit;
}

/** The stores that resolvers read from. Each noun declares its own, as in `Services`. */
// biome-ignore lint/suspicious/noEmptyInterface: nouns add to it
export interface Stores {}

/**
 * Batch loaders, scoped to the viewer. They don't cache, so each event of a subscription reads fresh rows. Each noun
 * declares its own, as in `Services`.
 */
export interface Loaders {
  /** Users that the viewer may see. */
  readonly user: DataLoader<string, User | null>;
}

/** What a loader needs of the operation that it serves. */
export interface LoaderScope {
  readonly services: Services;
  readonly viewer: Viewer | null;
  readonly meter: ResponseMeter;
}

/** A request, as its transport describes it. */
export interface Caller {
  readonly viewer: Viewer | null;
  readonly requestId: string;
  readonly address: string | null;
  readonly userAgent: string | null;
  /** Whether the client has disconnected. Absent on sockets. */
  readonly isGone?: () => boolean;
  /**
   * Returns a function that sets the browser's session cookie, or clears it when passed null. Throws `BAD_USER_INPUT`
   * on a socket, which can't set cookies: call it before any side effect.
   */
  readonly openSessionCookie: () => (token: string | null) => void;
  /**
   * Extends the socket's lifetime with a new token of the same user. Throws `UNAUTHENTICATED` for an invalid token,
   * `FORBIDDEN` for another user's, and `BAD_USER_INPUT` over HTTP, where each request carries its own credential.
   */
  readonly renewConnection: (token: string) => Promise<Viewer>;
}

export interface Context extends Caller, Services {
  /**
   * Sends an event of a subscription from where it arises. Returns false if its resolver has to yield it. Readers with the
   * same selection share the text of events with the same `whole`. Absent if the transport can't.
   */
  readonly sendEvent?: (event: object, whole: object | null) => boolean;
  readonly loaders: Loaders;
  readonly meter: ResponseMeter;
}

/** Creates the context of one operation, over HTTP, SSE and sockets alike. */
export const createContext = (
  caller: Caller,
  services: Services,
  createLoaders: (scope: LoaderScope) => Loaders,
): Context => {
  const { viewer } = caller;
  const meter = createResponseMeter({
    limit: services.callerLimits.answerBytes,
    listLimit: services.listLimit,
    caller: viewer?.user.id ?? caller.address ?? '',
  });
  return { ...caller, ...services, meter, loaders: createLoaders({ services, viewer, meter }) };
};

/** Returns the viewer. Throws `UNAUTHENTICATED` for an anonymous caller. */
export const viewerOf = ({ viewer }: Context): Viewer => {
  if (!viewer) throw unauthenticated();
  return viewer;
};

const never = new AbortController().signal;

/** Returns a signal that aborts when the client of an HTTP request disconnects. Operations on a socket have none. */
export const requestSignalOf = (context: Context & { readonly request?: Request }): AbortSignal =>
  context.request?.signal ?? never;
