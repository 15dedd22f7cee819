import { type Client, createClient, signIn } from '../../client/public.ts';
import { makeFolder, removeFolder } from '../e2e/harness/folder.ts';
import { adminPassword, startServer } from '../e2e/harness/process.ts';
import { UsageError } from './options.ts';

/** The service that is evaluated. */
export interface Service {
  readonly url: string;
  readonly token: string;
  readonly client: Client;
  /** Stops it, if it was started for the evaluation. */
  close(): Promise<void>;
}

/** Connects to the service of `url`, or starts one. */
export const openService = async (url: string | undefined): Promise<Service> => {
  const { env } = process;
  if (url) {
    const { ZIGGIE_TOKEN: given, ZIGGIE_USER: username, ZIGGIE_PASSWORD: password } = env;
    if (!given && !(username && password)) {
      throw new UsageError('Not signed in. Set ZIGGIE_TOKEN, or ZIGGIE_USER and ZIGGIE_PASSWORD.');
    }
    const token = given || (await signIn({ url, username: username ?? '', password: password ?? '' })).token;
    const client = createClient({ url, token });
    return { url, token, client, close: async () => client.close() };
  }
  const folder = await makeFolder();
  const server = await startServer({
    dataDir: folder,
    env: {
      OLLAMA_URL: env.OLLAMA_URL ?? 'embedded',
      RATE_LIMIT: 'off',
      CACHE_TTL_S: '0',
      QUOTA_DAY: 'off',
      QUOTA_MONTH: 'off',
    },
  });
  const close = async () => {
    await server.stop();
    await removeFolder(folder);
  };
  try {
    const { token } = await signIn({ url: server.url, username: 'admin', password: adminPassword });
    const client = createClient({ url: server.url, token });
    return {
      url: server.url,
      token,
      client,
      async close() {
        client.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
};
