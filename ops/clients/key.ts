import { signIn } from '../e2e/harness/client.ts';
import { adminPassword } from '../e2e/harness/process.ts';

/** Creates an API key as a client's user does. Returns it with the name of the first model. */
export const createKey = async (url: string): Promise<{ readonly key: string; readonly model: string }> => {
  const client = await signIn(url, 'admin', adminPassword);
  try {
    const { createApiKey } = await client.data<{ createApiKey: { secret: string } }>(
      'mutation { createApiKey(input: { name: "client", scopes: [CHAT, READ] }) { secret } }',
    );
    const headers = { Authorization: `Bearer ${createApiKey.secret}` };
    const listed = await fetch(`${url}/v1/models`, { headers });
    const models = (await listed.json()) as { data: readonly { id: string }[] };
    return { key: createApiKey.secret, model: models.data[0]?.id ?? '' };
  } finally {
    await client.close();
  }
};
