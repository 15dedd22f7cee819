import { stripTypeScriptTypes } from 'node:module';

/**
 * A transform of Jest: removes types as Node itself does when it runs the server. Lines and columns stay where they are, so no
 * source maps are needed, which made each module three times as large.
 */
export default {
  process: (text: string) => ({ code: stripTypeScriptTypes(text) }),
};
