import { z } from 'zod';
import { Failure } from '../../../errors/failures.ts';
import type { PresetRuns } from '../../../presets/run/service.ts';
import type { Presets } from '../../../presets/service.ts';
import { completionBodyLimit, completionErrors, whileConnected } from '../completions.ts';
import { endpoint, json } from '../endpoint.ts';
import type { Route } from '../routes.ts';
import { failAsPreset } from './presetErrors.ts';
import { maxPresetCursor, readPresetPage } from './presetPage.ts';
import { presetList, runRequest, runResponse, runResponseOf } from './presetShape.ts';

export interface PresetRoutesDeps {
  readonly presets: Pick<Presets, 'page' | 'findByName'>;
  readonly presetRuns: Pick<PresetRuns, 'run'>;
}

/** The routes of presets: a list, and one that runs a preset by its name. */
export const presetRoutes = ({ presets, presetRuns }: PresetRoutesDeps): readonly Route[] => {
  const routes: readonly Route[] = [
    endpoint({
      method: 'GET',
      path: '/api/llm/presets',
      id: 'listPresets',
      tag: 'Presets',
      summary: 'List the presets that the caller may use.',
      query: z.object({
        search: z
          .string()
          .max(256)
          .optional()
          .describe('Words that the name, title, description and tags contain.'),
        after: z.string().max(maxPresetCursor).optional().describe('The `next` of the previous page.'),
      }),
      answer: json('At most 100 presets, and fewer if they are large, by title.', presetList),
      errors: [403],
      async handle({ viewer, query }) {
        return readPresetPage(presets, viewer, { search: query.search ?? null, after: query.after ?? null });
      },
    }),
    endpoint({
      method: 'POST',
      path: '/api/llm/presets/{name}',
      id: 'runPreset',
      tag: 'Presets',
      summary: 'Run a preset and wait for its result.',
      description:
        'Closing the connection cancels the run. If no answer matches the output schema after two repairs, the status is 502, with the `code` `OUTPUT_INVALID` and the `text` of the model.',
      parameter: "The preset's name, such as code-review.",
      body: {
        schema: runRequest,
        limit: completionBodyLimit,
        examples: { 'an error': { variables: { log: 'TypeError: x is undefined\n    at main.js:3:5' } } },
      },
      answer: json('The result, and the text of the model.', runResponse),
      errors: completionErrors,
      async handle({ exchange, viewer, parameter, body }) {
        const signal = whileConnected(exchange.response);
        await exchange.destroyOnAccessEnd();
        const preset = await presets.findByName(viewer, parameter);
        const input = { variables: body.variables, model: body.model ?? null };
        const run = await presetRuns.run(viewer, preset, input, signal).catch((error: unknown) => {
          // No one reads the response of a client that disconnected.
          if (signal.aborted) return null;
          throw error;
        });
        if (run === null) return undefined;
        if (run.error) throw new Failure(run.error.code, run.error.message, { text: run.text });
        return runResponseOf(run);
      },
    }),
  ];
  return routes.map((route) => ({ ...route, fail: failAsPreset }));
};
