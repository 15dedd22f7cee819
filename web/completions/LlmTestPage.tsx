import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { BookOpen } from 'lucide-react';
import { graphql } from 'react-relay';
import { EngineNotice } from '../engine/EngineNotice.tsx';
import { ReadOnly } from '../messages/ReadOnly.tsx';
import { basePath, serverAddress } from '../relay/basePath.ts';
import { useRouteQuery } from '../relay/useRouteQuery.ts';
import { PageHeader } from '../shell/PageHeader.tsx';
import { useTitle } from '../ui/useTitle.ts';
import type { LlmTestPageQuery } from './__generated__/LlmTestPageQuery.graphql.ts';
import { CompletionAnswer } from './CompletionAnswer.tsx';
import { CompletionForm } from './CompletionForm.tsx';
import { completeAt } from './completion.ts';
import { useCompletion } from './useCompletion.ts';

const complete = completeAt(basePath);

/** Sends a prompt over REST and shows the answer, to try a model and to check that the service works. */
export const LlmTestPage = () => {
  useTitle(t`LLM Test Interface`);
  const { viewer, models, health } = useRouteQuery<LlmTestPageQuery>(graphql`
    query LlmTestPageQuery @preloadable {
      viewer {
        viewerCanGenerate
      }
      models(first: 100) {
        edges {
          node {
            name
            isDefault
          }
        }
      }
      health {
        engine {
          kind
        }
        ...EngineNotice_health
      }
    }
  `);
  const { completion, generate, stop } = useCompletion(complete);
  return (
    <div className="flex h-full flex-col">
      <PageHeader title={t`LLM Test Interface`}>
        <a
          href={serverAddress('/docs')}
          className="inline-flex h-9 items-center gap-2 rounded-lg px-3 text-muted hover:bg-hover hover:text-ink"
        >
          <BookOpen size={17} strokeWidth={1.75} aria-hidden="true" />
          REST
        </a>
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-16 md:px-6">
        <div className="mx-auto max-w-3xl">
          <p className="pt-2 pb-6 text-muted">
            <Trans>
              Sends one prompt over <code className="text-sm whitespace-nowrap">/api/llm/generate</code>, as a
              program does. Prompt and answer are not stored.
            </Trans>
          </p>
          {viewer?.viewerCanGenerate === false ? (
            <ReadOnly />
          ) : (
            <CompletionForm
              // Null if the engine did not list its models.
              installed={models?.edges.map(({ node }) => node) ?? []}
              isEmbedded={health.engine.kind === 'EMBEDDED'}
              isRunning={completion.status === 'running'}
              onGenerate={generate}
              onStop={stop}
            />
          )}
          <div className="mt-4 empty:hidden">
            <EngineNotice health={health} />
          </div>
          <CompletionAnswer completion={completion} />
        </div>
      </div>
    </div>
  );
};
