import { type OllamaStandin, startOllamaStandin } from '../../../api/engine/standin.ollama.ts';
import { type Client, signIn } from './client.ts';
import { makeFolder, removeFolder } from './folder.ts';
import { type ServerProcess, startServer } from './process.ts';
import { addUser } from './users.ts';

const password = 'a password of a member';

/** A server to attack: a process of its own, an engine that says what it is told to, and two members. */
export interface Target {
  readonly server: ServerProcess;
  readonly engine: OllamaStandin;
  /** Who owns things. */
  readonly alice: Client;
  /** Who wants them. */
  readonly mallory: Client;
  readonly password: string;
  close(): Promise<void>;
}

export const startTarget = async (env: Readonly<Record<string, string>> = {}): Promise<Target> => {
  const dataDir = await makeFolder();
  const engine = await startOllamaStandin();
  for (const name of ['alice', 'mallory']) await addUser(dataDir, name, password);
  const server = await startServer({ dataDir, env: { OLLAMA_URL: engine.url, ...env } });
  const [alice, mallory] = await Promise.all([
    signIn(server.url, 'alice', password),
    signIn(server.url, 'mallory', password),
  ]);
  return {
    server,
    engine,
    alice,
    mallory,
    password,
    async close() {
      await Promise.all([alice.close(), mallory.close()]);
      await server.stop();
      await engine.close();
      await removeFolder(dataDir);
    },
  };
};
