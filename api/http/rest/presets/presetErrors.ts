import { z } from 'zod';
import { sendFailureAs } from '../../responses/json.ts';
import type { Exchange } from '../../server/exchange.ts';

/** The errors of presets. */
export const presetError = z.object({
  detail: z.string(),
  error: z.string().describe('The same text.'),
  code: z.string().optional().describe('`OUTPUT_INVALID` if no answer matched the output schema.'),
  text: z.string().optional().describe("The model's text, if no answer matched the output schema."),
});

export const failAsPreset = (exchange: Exchange, error: unknown): void =>
  sendFailureAs(
    exchange,
    error,
    ({ message, code, details: { text } }) =>
      ({
        detail: message,
        error: message,
        ...(typeof text === 'string' && { code, text }),
      }) satisfies z.infer<typeof presetError>,
  );
