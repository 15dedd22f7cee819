import type { LoaderScope, Loaders } from '../../graph/context.ts';
import { createRowLoader } from '../../graph/loaders.ts';
import type { Accounts } from '../service.ts';
import type { SingleSignOn } from '../singleSignOn/singleSignOn.ts';

declare module '../../graph/context.ts' {
  interface Services {
    readonly accounts: Accounts;
    /** Null when no identity provider is configured. */
    readonly singleSignOn: SingleSignOn | null;
  }
}

export const accountLoaders = (scope: LoaderScope): Pick<Loaders, 'user'> => {
  const { services, viewer } = scope;
  return {
    user: createRowLoader(scope, async (ids) =>
      viewer ? services.accounts.users.findMany(viewer, ids) : ids.map(() => null),
    ),
  };
};
