import { type Attributes, context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Engine } from '../engine/engine.ts';
import { type EngineCall, observeEngine } from '../engine/observed.ts';
import { Failure } from '../errors/failures.ts';

/** The names of OpenTelemetry's conventions for generative AI. */
export type GenAiProvider = 'ollama' | 'openai' | 'llama.cpp';

const requestAttributes = ({ operation, request }: EngineCall): Attributes => {
  const common = { 'gen_ai.operation.name': operation === 'generate' ? 'chat' : 'embeddings' };
  if (operation === 'embed') return { ...common, 'gen_ai.request.model': request.model };
  const { temperature, topP, topK, seed, maxTokens, stop } = request.options ?? {};
  return {
    ...common,
    'gen_ai.request.model': request.model,
    ...(temperature !== undefined && { 'gen_ai.request.temperature': temperature }),
    ...(topP !== undefined && { 'gen_ai.request.top_p': topP }),
    ...(topK !== undefined && { 'gen_ai.request.top_k': topK }),
    ...(seed !== undefined && { 'gen_ai.request.seed': seed }),
    ...(maxTokens !== undefined && { 'gen_ai.request.max_tokens': maxTokens }),
    ...(stop && { 'gen_ai.request.stop_sequences': [...stop] }),
  };
};

/**
 * Decorates an engine: each answer and each embedding gets a span by the conventions `gen_ai.*`, without prompts and
 * answers. Requests that the engine sends carry its `traceparent`.
 */
export const withEngineSpans = (backend: string, engine: Engine, provider: GenAiProvider): Engine =>
  observeEngine(engine, (call) => {
    const attributes = requestAttributes(call);
    const span = trace
      .getTracer('ziggie-llm')
      .startSpan(`${attributes['gen_ai.operation.name']} ${call.request.model}`, {
        kind: SpanKind.CLIENT,
        attributes: { ...attributes, 'gen_ai.provider.name': provider, 'server.address': backend },
      });
    const within = trace.setSpan(context.active(), span);
    let hasText = false;
    return {
      step: (run) => context.with(within, run),
      chunk({ type }) {
        if (hasText || type === 'done') return;
        hasText = true;
        span.addEvent('gen_ai.first_token');
      },
      ended(outcome) {
        if (outcome.kind === 'done' && outcome.chunk) {
          const { finish, usage } = outcome.chunk;
          span.setAttributes({
            'gen_ai.response.model': call.request.model,
            'gen_ai.response.finish_reasons': [finish],
            'gen_ai.usage.input_tokens': usage.promptTokens,
            'gen_ai.usage.output_tokens': usage.completionTokens,
          });
        } else if (outcome.kind === 'embedded') {
          span.setAttribute('gen_ai.usage.input_tokens', outcome.embeddings.promptTokens);
        } else if (outcome.kind === 'cancelled') {
          span.setAttribute('ziggie.cancelled', true);
        } else if (outcome.kind === 'failed') {
          const { error } = outcome;
          span.setAttribute('error.type', error instanceof Failure ? error.code : 'INTERNAL');
          span.setStatus({ code: SpanStatusCode.ERROR });
        }
        span.end();
      },
    };
  });
