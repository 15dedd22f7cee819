import { readFile } from 'node:fs/promises';
import { startControlCenter } from './controlCenter/server.ts';
import { startGateway } from './gateway.ts';
import { supergraphFile } from './supergraph.ts';

/**
 * Starts the gateway, and the example Control Center unless `CONTROL_CENTER_URL` is set. Prints their URLs.
 */
const {
  HOST: host = '127.0.0.1',
  GATEWAY_PORT = '4000',
  CONTROL_CENTER_PORT = '4001',
  LLM_URL: llm = 'http://127.0.0.1:8000/graphql',
  CONTROL_CENTER_URL,
} = process.env;

const controlCenter = CONTROL_CENTER_URL
  ? { url: CONTROL_CENTER_URL, close: async () => {} }
  : await startControlCenter({ llm, host, port: Number(CONTROL_CENTER_PORT) });
const gateway = await startGateway({
  supergraph: await readFile(supergraphFile, 'utf8'),
  subgraphs: { llm, 'control-center': controlCenter.url },
  host,
  port: Number(GATEWAY_PORT),
});
process.stdout.write(
  `Gateway         ${gateway.url}\nControl Center  ${controlCenter.url}\nLLM             ${llm}\n`,
);

let stopping = false;
const stop = async () => {
  if (stopping) return;
  stopping = true;
  await gateway.close();
  await controlCenter.close();
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
