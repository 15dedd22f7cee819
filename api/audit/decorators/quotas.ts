import type { Quotas } from '../../usage/quotas.ts';
import type { Names } from '../actor.ts';
import { type Audit, byViewer } from '../recorder.ts';

/** The same quotas, with what administrators give written down. */
export const auditedQuotas = (quotas: Quotas, audit: Audit, names: Pick<Names, 'findUser'>): Quotas => ({
  ...quotas,
  set: async (viewer, userId, { day, month }) => {
    const target = (await names.findUser(userId))?.username ?? null;
    return audit.attempt(
      {
        action: 'SET_USER_QUOTA',
        by: byViewer(viewer),
        target,
        targetId: userId,
        details: { day, month },
      },
      () => quotas.set(viewer, userId, { day, month }),
    );
  },
});
