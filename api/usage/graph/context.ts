import type DataLoader from 'dataloader';
import type { User } from '../../access/user.ts';
import type { LoaderScope, Loaders } from '../../graph/context.ts';
import { createLoader } from '../../graph/loaders.ts';
import type { Quota } from '../quota.ts';
import type { Quotas } from '../quotas.ts';
import type { Usage } from '../service.ts';
import type { StorageQuotas, StoredBytes } from '../storage/storageQuotas.ts';

declare module '../../graph/context.ts' {
  interface Services {
    readonly usage: Usage;
    readonly quotas: Quotas;
    readonly storageQuotas: StorageQuotas;
  }
  interface Loaders {
    /** The token quotas of each user. */
    readonly quotas: DataLoader<User, readonly Quota[]>;
    /** When each user was last active; null if unknown. */
    readonly lastActive: DataLoader<User, Date | null>;
    /** The storage that each user takes. */
    readonly storage: DataLoader<User, StoredBytes>;
  }
}

export const usageLoaders = ({
  services,
}: LoaderScope): Pick<Loaders, 'lastActive' | 'quotas' | 'storage'> => ({
  lastActive: createLoader((users) => services.usage.lastActive(users.map(({ id }) => id))),
  quotas: createLoader((users) => services.quotas.ofMany(users)),
  storage: createLoader((users) => services.storageQuotas.ofMany(users)),
});
