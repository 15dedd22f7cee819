import { setTimeout as sleep } from 'node:timers/promises';
import type { OllamaStandin } from '../../../api/engine/standin/standin.ollama.ts';
import type { Client } from './client.ts';

/** A file for `TOOLS_FILE` with one tool, each call of which waits for its user. */
export const toolsFile = JSON.stringify({
  operations: [
    {
      name: 'create_folder',
      description: 'Creates a folder.',
      document: 'mutation ($name: String!) { createFolder(input: { name: $name }) { folder { id } } }',
    },
  ],
});

interface Found {
  readonly node: { readonly toolCalls: readonly { readonly id: string; readonly state: string }[] } | null;
}

/** Starts an answer of the client whose model calls that tool. Resolves to the id of the call once it waits. */
export const waitingToolCall = async (engine: OllamaStandin, client: Client): Promise<string> => {
  engine.play({
    capabilities: ['completion', 'tools'],
    tokens: [],
    toolCalls: [{ name: 'create_folder', arguments: { name: 'By a model' } }],
  });
  const start = async (tries = 40): Promise<string> => {
    try {
      return (await client.generate({ prompt: 'Make a folder.', tools: ['create_folder'] })).generation.id;
    } catch (error) {
      // The server learns of the engine's capabilities with its next list of models.
      if (tries === 0 || !String(error).includes('does not support tools')) throw error;
      await sleep(250);
      return start(tries - 1);
    }
  };
  const id = await start();
  const query = 'query ($id: ID!) { node(id: $id) { ... on Generation { toolCalls { id state } } } }';
  for (;;) {
    const { node } = await client.data<Found>(query, { id });
    const call = node?.toolCalls.find(({ state }) => state === 'WAITING');
    if (call) {
      engine.play({ capabilities: ['completion', 'tools'] });
      return call.id;
    }
    await sleep(20);
  }
};
