import { createHmac, timingSafeEqual } from 'node:crypto';
import { roleMay } from '../access/permissions.ts';
import type { User } from '../access/user.ts';
import type { Origin, Viewer } from '../access/viewer.ts';
import type { Rate } from '../config/values/rate.ts';
import { forbidden, unauthenticated } from '../errors/failures.ts';
import { type Limits, rateLimited } from '../limits/limits.ts';
import { agentSecretOf, type HealingAgent } from './agent.ts';
import type { HealingStore } from './store/store.ts';

/** How far the clock of a sender may differ, in ms. */
const toleranceMs = 5 * 60_000;

/** Events per agent, repeated ones included. */
const eventRate: Rate = { count: 60, windowMs: 60_000 };

export interface SignedHeaders {
  /** Seconds since 1970, as text. */
  readonly timestamp: string;
  /** `sha256=` and the HMAC in hexadecimal. */
  readonly signature: string;
}

/**
 * Returns the signature of an event: the HMAC-SHA-256 of timestamp, a dot, and the body. The body has the id of the event,
 * so that a recorded request can be repeated only within the tolerance, and then changes nothing.
 */
export const signatureOf = (secret: string, timestamp: string, body: Buffer): string =>
  `sha256=${createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')}`;

export interface HealingWebhookDeps {
  readonly store: Pick<HealingStore, 'findAgentAnyOwner'>;
  readonly signingKey: Uint8Array;
  readonly limits: Limits;
  findUser(id: string): Promise<User | null>;
  readonly clock: () => Date;
}

/** Authenticates the events that agents sign. */
export interface HealingWebhook {
  /**
   * Checks that a request was signed just now with the secret of the agent. Throws `UNAUTHENTICATED` for an unknown agent
   * and a wrong signature alike, and `RATE_LIMITED`.
   */
  verify(agentId: string, headers: SignedHeaders, body: Buffer): Promise<void>;
  /** Returns the owner of the agent as the caller. Throws `UNAUTHENTICATED`, and `FORBIDDEN` for one who may not act. */
  callerOf(agentId: string, origin: Origin): Promise<Viewer>;
}

export const createHealingWebhook = (deps: HealingWebhookDeps): HealingWebhook => {
  const { store, signingKey, limits, findUser, clock } = deps;
  return {
    async verify(agentId, { timestamp, signature }, body) {
      const agent = await store.findAgentAnyOwner(agentId);
      // Computed for unknown agents too, so that the time tells nothing.
      const expected = Buffer.from(signatureOf(agentSecretOf(signingKey, agentId), timestamp, body));
      const given = Buffer.from(signature);
      const isEqual = given.length === expected.length && timingSafeEqual(given, expected);
      if (!isEqual || !agent) throw rejected();
      const skewMs = Math.abs(clock().getTime() - Number(timestamp) * 1000);
      if (!/^\d{1,12}$/.test(timestamp) || skewMs > toleranceMs) {
        throw unauthenticated(
          'X-Ziggie-Timestamp differs from the time of the server by more than 5 minutes. Send the seconds since 1970, and set the clock.',
        );
      }
      const counted = await limits.consume(`healing-events:${agent.id}`, eventRate);
      if (!counted.isAllowed) throw rateLimited('Too many events of this agent', counted, eventRate);
    },

    async callerOf(agentId, origin) {
      const agent: HealingAgent | null = await store.findAgentAnyOwner(agentId);
      if (!agent) throw rejected();
      const user = await findUser(agent.ownerId);
      if (user?.status !== 'ACTIVE' || !roleMay(user.role, 'generate')) {
        throw forbidden('The owner of this agent may not generate answers. Ask an administrator.');
      }
      return { user, sessionId: null, apiKey: null, expiresAt: null, origin };
    },
  };
};

const rejected = () =>
  unauthenticated(
    'The signature is not valid for this agent. Send X-Ziggie-Timestamp and X-Ziggie-Signature: "sha256=" and the HMAC-SHA-256 of "timestamp.body" in hexadecimal, with the secret that registering the agent returned.',
  );
