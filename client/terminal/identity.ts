import { hasCode } from '../errors.ts';
import { type Client, type ClientOptions, createClient, type Session, signIn } from '../public.ts';
import { type Arguments, UsageError } from './arguments.ts';
import type { Line } from './line.ts';
import { notice, type Streams } from './streams.ts';

const maxTries = 3;

/**
 * Creates a signed-in client: by token, or by name and password, which it keeps in memory to renew tokens. Prompts for
 * missing credentials on a terminal; otherwise throws `UsageError`.
 */
export const signedIn = async (
  { url, token, username, password }: Arguments,
  streams: Streams,
  line: Line | null,
): Promise<Client> => {
  if (token !== null) return createClient({ url, token });
  for (let left = maxTries; ; left -= 1) {
    const name = username ?? (await line?.ask('User: '))?.trim();
    const secret = name && (password ?? (await line?.askSecretly('Password: ')));
    if (!name || !secret) {
      throw new UsageError('Not signed in. Set ZIGGIE_TOKEN, or ZIGGIE_USER and ZIGGIE_PASSWORD.');
    }
    try {
      const credentials = { url, username: name, password: secret };
      return createLastingClient(url, await signIn(credentials), () => signIn(credentials));
    } catch (error) {
      const isWrong = hasCode(error, 'UNAUTHENTICATED') && password === null && left > 1;
      if (!isWrong) throw error;
      notice(streams, error.message);
    }
  }
};

const createLastingClient = (
  url: ClientOptions['url'],
  { token }: Session,
  again: () => Promise<Session>,
): Client =>
  createClient({
    url,
    token,
    tokenProvider: async () => (await again()).token,
  });
