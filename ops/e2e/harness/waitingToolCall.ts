import { setTimeout as sleep } from 'node:timers/promises';
import type { OllamaStandin } from '../../../api/engine/standin/standin.ollama.ts';
import type { StandinScript } from '../../../api/engine/standin/standinChat.ollama.ts';
import type { Client, Started } from './client.ts';

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

/** An answer with a call that waits for its user. */
export interface WaitingAnswer {
  readonly callId: string;
  readonly conversationId: string;
}

/** Starts an answer to the prompt, whose model plays `script` and calls that tool. Resolves once a call waits. */
export const waitingAnswer = async (
  engine: OllamaStandin,
  client: Client,
  prompt: string,
  script: StandinScript,
): Promise<WaitingAnswer> => {
  engine.play(script);
  const start = async (tries = 40): Promise<Started> => {
    try {
      return await client.generate({ prompt, tools: ['create_folder'] });
    } catch (error) {
      // The server learns of the engine's capabilities with its next list of models.
      if (tries === 0 || !String(error).includes('does not support tools')) throw error;
      await sleep(250);
      return start(tries - 1);
    }
  };
  const { conversation, generation } = await start();
  const query = 'query ($id: ID!) { node(id: $id) { ... on Generation { toolCalls { id state } } } }';
  for (;;) {
    const { node } = await client.data<Found>(query, { id: generation.id });
    const call = node?.toolCalls.find(({ state }) => state === 'WAITING');
    if (call) {
      const { toolCalls: _calls, tokens: _tokens, ...rest } = script;
      engine.play(rest);
      return { callId: call.id, conversationId: conversation.id };
    }
    await sleep(20);
  }
};

/** Starts an answer of the client whose model calls that tool. Resolves to the id of the call once it waits. */
export const waitingToolCall = async (engine: OllamaStandin, client: Client): Promise<string> => {
  const { callId } = await waitingAnswer(engine, client, 'Make a folder.', {
    capabilities: ['completion', 'tools'],
    tokens: [],
    toolCalls: [{ name: 'create_folder', arguments: { name: 'By a model' } }],
  });
  return callId;
};
