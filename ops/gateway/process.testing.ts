import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./main.ts', import.meta.url));

/** How long the start may take, in milliseconds. */
const startMs = 30_000;

/** The gateway and the example Control Center, started like `npm run gateway`, on free ports. */
export interface GatewayProcess {
  /** Without the path, like the URLs that clients of the service take. */
  readonly url: string;
  readonly controlCenter: string;
  /** Sends SIGTERM. Resolves to the exit code. */
  stop(): Promise<number | null>;
}

export const startGatewayProcess = async (llm: string): Promise<GatewayProcess> => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program], {
    env: {
      PATH: process.env.PATH,
      LLM_URL: `${llm}/graphql`,
      GATEWAY_PORT: '0',
      CONTROL_CENTER_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let logged = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    logged += text;
  });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  const timer = setTimeout(() => child.kill('SIGKILL'), startMs);
  const urls = new Map<string, string>();
  for await (const line of createInterface({ input: child.stdout })) {
    const [, name, url] = /^(.+?)\s+(http:\S+)\/graphql$/.exec(line) ?? [];
    if (name && url) urls.set(name, url);
    if (name === 'LLM') break;
  }
  clearTimeout(timer);
  if (!urls.has('LLM')) throw new Error(`the gateway did not start:\n${logged}`);
  return {
    url: urls.get('Gateway') ?? '',
    controlCenter: urls.get('Control Center') ?? '',
    async stop() {
      child.kill('SIGTERM');
      const [code] = await ended;
      return code;
    },
  };
};
