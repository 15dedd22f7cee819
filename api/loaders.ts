import { accountLoaders } from './accounts/graph/context.ts';
import { conversationLoaders } from './conversations/graph/context.ts';
import { generationLoaders } from './generations/graph/context.ts';
import type { LoaderScope, Loaders } from './graph/context.ts';
import { messageLoaders } from './messages/graph/context.ts';
import { usageLoaders } from './usage/graph/context.ts';

/** Creates the loaders of all nouns for one operation. */
export const createLoaders = (scope: LoaderScope): Loaders => ({
  ...accountLoaders(scope),
  ...conversationLoaders(scope),
  ...messageLoaders(scope),
  ...generationLoaders(scope),
  ...usageLoaders(scope),
});
