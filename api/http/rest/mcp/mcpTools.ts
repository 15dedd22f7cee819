import type { ServerResponse } from 'node:http';
import type { CallToolResult, McpServer, ServerContext } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { demand } from '../../../access/permissions.ts';
import type { Viewer } from '../../../access/viewer.ts';
import { Failure } from '../../../errors/failures.ts';
import type { Generations } from '../../../generations/service.ts';
import { maxLengths } from '../../../graph/bounds/bounds.ts';
import { encodeId } from '../../../graph/globalIds.ts';
import { sizeOf } from '../../../graph/responseMeter.ts';
import type { MessageStore } from '../../../messages/store.ts';
import { isChatModel, listWithAliases, type Models } from '../../../models/service.ts';
import type { PresetRuns } from '../../../presets/run/service.ts';
import type { Presets } from '../../../presets/service.ts';
import { fairSnippetOf } from '../../../search/fairSnippet.ts';
import { cutText } from '../../../text/cutText.ts';
import { toFailure } from '../../responses/json.ts';
import type { Exchange } from '../../server/exchange.ts';
import { maxPresetCursor, readPresetPage } from '../presets/presetPage.ts';
import { runRequest, runResponseOf } from '../presets/presetShape.ts';

export interface McpToolsDeps {
  readonly generations: Pick<Generations, 'complete'>;
  readonly messages: Pick<MessageStore, 'search'>;
  readonly models: Pick<Models, 'list' | 'aliases'>;
  readonly presets: Pick<Presets, 'page' | 'findByName'>;
  readonly presetRuns: Pick<PresetRuns, 'run'>;
}

/** The request that calls a tool, and its caller. */
export interface McpCall {
  readonly exchange: Exchange;
  readonly viewer: Viewer;
  /** Aborts when the client disconnects or cancels the call. */
  readonly signal: AbortSignal;
}

/** Found messages of a search, at most, and the length of the text of each, in UTF-16 units. */
const maxHits = 20;
const maxHitLength = 4_000;

/** The interval of progress notifications, in ms. Clients give up on a call that is silent for a minute. */
const progressMs = 2_000;
/** The maximum length of a client's token for progress, which each notification repeats. */
const maxProgressToken = 256;

const text = (value: string): CallToolResult => ({ content: [{ type: 'text', text: value }] });

/** A result that programs read, and its JSON for models. */
const structured = (value: Record<string, unknown>): CallToolResult => ({
  ...text(JSON.stringify(value)),
  structuredContent: value,
});

/**
 * Registers the tools: to ask a model, to search the caller's messages, and to run presets. Each has the caller's own rights,
 * limits and quotas. A failure is a result for the model that called, with the error's code and sentence.
 */
export const registerMcpTools = (server: McpServer, deps: McpToolsDeps, call: McpCall): void => {
  const { exchange, viewer, signal } = call;

  const orFailure = async (run: () => Promise<CallToolResult>): Promise<CallToolResult> => {
    try {
      const result = await run();
      exchange.holdAnswer(sizeOf(result, Number.POSITIVE_INFINITY, true));
      return result;
    } catch (error) {
      // The client doesn't read the result, and the abort is no error to log.
      if (signal.aborted) return { ...text('The call was cancelled.'), isError: true };
      const { code, message } = toFailure(exchange, error);
      return { ...text(`${code}: ${message}`), isError: true };
    }
  };

  server.registerTool(
    'list_models',
    {
      title: 'List models',
      description: 'Lists the models that can answer, by name.',
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    () =>
      orFailure(async () => {
        demand(viewer, 'read');
        const models = (await listWithAliases(deps.models)).filter(isChatModel);
        return structured({ models: models.map(({ name }) => name) });
      }),
  );

  server.registerTool(
    'ask',
    {
      title: 'Ask a model',
      description:
        'Asks a language model that runs on this organisation’s own hardware, and returns its answer. Nothing is remembered from one call to the next.',
      inputSchema: z.object({
        prompt: z.string().min(1).describe('What to ask.'),
        system: z.string().optional().describe('Instructions for the model.'),
        model: z.string().min(1).max(300).optional().describe('Absent: the default model.'),
        max_tokens: z.int().min(1).optional().describe('The maximum length of the answer, in tokens.'),
      }),
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    ({ prompt, system, model = null, max_tokens: maxTokens }, context) =>
      orFailure(async () => {
        const completion = await deps.generations.complete(viewer, {
          model,
          messages: [
            ...(system === undefined ? [] : [{ role: 'system', content: system } as const]),
            { role: 'user', content: prompt },
          ],
          options: maxTokens === undefined ? {} : { maxTokens },
          format: null,
        });
        const { text: answer } = await whileReporting(context, exchange.response, () =>
          completion.whole(signal),
        );
        return text(answer);
      }),
  );

  server.registerTool(
    'search_messages',
    {
      title: 'Search messages',
      description:
        'Searches the caller’s own conversations for messages that contain all words, newest first. Each word matches the start of a word.',
      inputSchema: z.object({
        words: z.string().min(1).max(maxLengths.search).describe('The words to search for.'),
        limit: z.int().min(1).max(maxHits).default(10).describe('The maximum number of messages.'),
      }),
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    ({ words, limit }) =>
      orFailure(async () => {
        demand(viewer, 'read');
        await exchange.holdOperation();
        const page = { direction: 'forward', size: limit, after: null, before: null } as const;
        const { items, hasNextPage } = await deps.messages.search(viewer.user.id, words, page);
        const messages: Record<string, unknown>[] = [];
        for (const { conversationId, role, content, createdAt } of items) {
          const snippet = await fairSnippetOf(viewer.user.id, content, words);
          messages.push({
            conversationId: encodeId('Conversation', conversationId),
            role,
            createdAt: createdAt.toISOString(),
            snippet: snippet.map((part) => part.text).join(''),
            content: cut(content),
          });
        }
        return structured({
          messages,
          hasMore: hasNextPage,
        });
      }),
  );

  server.registerTool(
    'list_presets',
    {
      title: 'List presets',
      description:
        'Lists the presets that the caller may run, with their variables and output schemas, in pages of at most 100.',
      inputSchema: z.object({
        search: z
          .string()
          .max(maxLengths.search)
          .optional()
          .describe('Words that a preset’s name, title, description or tags contain.'),
        after: z.string().max(maxPresetCursor).optional().describe('The `next` of the previous page.'),
      }),
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    ({ search = null, after = null }) =>
      orFailure(async () => {
        await exchange.holdOperation();
        return structured(await readPresetPage(deps.presets, viewer, { search, after }));
      }),
  );

  server.registerTool(
    'run_preset',
    {
      title: 'Run a preset',
      description:
        'Runs a preset, such as code-review or error-explanation, and returns its result. list_presets has the names and variables.',
      inputSchema: runRequest.extend({
        name: z.string().min(1).max(300).describe('The name of the preset.'),
      }),
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    ({ name, variables, model = null }, context) =>
      orFailure(async () => {
        const preset = await deps.presets.findByName(viewer, name);
        const input = { variables, model };
        const run = await whileReporting(context, exchange.response, () =>
          deps.presetRuns.run(viewer, preset, input, signal),
        );
        if (run.error) throw new Failure(run.error.code, `${run.error.message}\n\n${run.text}`);
        return structured(runResponseOf(run));
      }),
  );
};

/** Runs a call, and meanwhile tells a client that asked for progress how many seconds it has taken. */
const whileReporting = async <Result>(
  { mcpReq }: ServerContext,
  response: Pick<ServerResponse, 'writableNeedDrain'>,
  run: () => Promise<Result>,
): Promise<Result> => {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined || String(progressToken).length > maxProgressToken) return run();
  let seconds = 0;
  const timer = setInterval(() => {
    seconds += progressMs / 1_000;
    // A client that reads too slowly: the notifications would only fill the memory.
    if (response.writableNeedDrain) return;
    const params = { progressToken, progress: seconds, message: `${seconds} s` };
    // A client that disconnected gets no result either.
    void mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {});
  }, progressMs);
  try {
    return await run();
  } finally {
    clearInterval(timer);
  }
};

const cut = (content: string): string =>
  content.length <= maxHitLength ? content : `${cutText(content, maxHitLength)}…`;
