import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DockerStandin, startDockerStandin } from '../../../api/docker/standin/standin.ts';
import { type OllamaStandin, startOllamaStandin } from '../../../api/engine/standin/standin.ollama.ts';
import { type Client, signIn } from './client.ts';
import { makeFolder, removeFolder } from './folder.ts';
import { type ServerProcess, startServer } from './process.ts';
import { addUser } from './users.ts';
import { toolsFile } from './waitingToolCall.ts';

const password = 'a password of a member';

/** A server process to attack, with a scripted engine, an administrator and two members. */
export interface Target {
  readonly server: ServerProcess;
  /** The data folder of the server. */
  readonly dataDir: string;
  readonly engine: OllamaStandin;
  readonly docker: DockerStandin;
  readonly admin: Client;
  /** The member whose data is attacked. */
  readonly alice: Client;
  /** The attacker. */
  readonly mallory: Client;
  readonly password: string;
  close(): Promise<void>;
}

export const startTarget = async (env: Readonly<Record<string, string>> = {}): Promise<Target> => {
  const dataDir = await makeFolder();
  const engine = await startOllamaStandin({ capabilities: ['completion', 'tools'] });
  const tools = join(dataDir, 'tools.json');
  await writeFile(tools, toolsFile);
  const docker = await startDockerStandin();
  for (const name of ['alice', 'mallory']) await addUser(dataDir, name, password);
  await addUser(dataDir, 'root', password, 'ADMIN');
  const server = await startServer({
    dataDir,
    env: { OLLAMA_URL: engine.url, DOCKER_HOST: docker.host, TOOLS_FILE: tools, ...env },
  });
  const [admin, alice, mallory] = await Promise.all([
    signIn(server.url, 'root', password),
    signIn(server.url, 'alice', password),
    signIn(server.url, 'mallory', password),
  ]);
  return {
    server,
    dataDir,
    engine,
    docker,
    admin,
    alice,
    mallory,
    password,
    async close() {
      await Promise.all([admin, alice, mallory].map((client) => client.close()));
      await server.stop();
      await engine.close();
      await docker.close();
      await removeFolder(dataDir);
    },
  };
};
