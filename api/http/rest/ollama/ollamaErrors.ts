import { z } from 'zod';
import { sendFailureAs } from '../../responses/json.ts';
import type { Exchange } from '../../server/exchange.ts';

/** Ollama's error format. */
export const ollamaError = z.object({ error: z.string() });

export const failAsOllama = (exchange: Exchange, error: unknown): void =>
  sendFailureAs(exchange, error, ({ message }) => ({ error: message }) satisfies z.infer<typeof ollamaError>);

/** The error format of `/api/llm`: `detail`, and the same text where Ollama's clients read it. */
export const llmError = z.object({ detail: z.string(), error: z.string().describe('The same text.') });

export const failAsLlm = (exchange: Exchange, error: unknown): void =>
  sendFailureAs(
    exchange,
    error,
    ({ message }) => ({ detail: message, error: message }) satisfies z.infer<typeof llmError>,
  );
