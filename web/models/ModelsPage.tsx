import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { FlaskConical } from 'lucide-react';
import { graphql } from 'react-relay';
import { Link } from 'react-router';
import { EngineSetup } from '../engine/EngineSetup.tsx';
import { useRouteQuery } from '../relay/useRouteQuery.ts';
import { PageHeader } from '../shell/PageHeader.tsx';
import { useTitle } from '../ui/useTitle.ts';
import type { ModelsPageQuery } from './__generated__/ModelsPageQuery.graphql.ts';
import { ModelsPageList } from './ModelsPageList.tsx';

export const ModelsPage = () => {
  useTitle(t`Models`);
  const query = useRouteQuery<ModelsPageQuery>(graphql`
    query ModelsPageQuery @preloadable {
      # Whether there is any, and none where the engine did not say what is installed.
      any: models(first: 1) {
        edges {
          node {
            id
          }
        }
      }
      viewer {
        viewerCanGenerate
        viewerCanManageModels
      }
      health {
        engine {
          status
        }
        ...EngineSetup_health
      }
      ...ModelsPageList_query
    }
  `);
  // With an Ollama that has no models, an administrator pulls one on this page.
  const canBegin =
    query.any !== null && query.viewer?.viewerCanManageModels && query.health.engine.status !== 'STARTING';
  if (!query.any?.edges.length && !canBegin) return <EngineSetup health={query.health} />;
  return (
    <div className="flex h-full flex-col">
      <PageHeader title={t`Models`}>
        {query.viewer?.viewerCanGenerate && (
          <Link
            to="/llm-test"
            className="inline-flex h-9 items-center gap-2 rounded-lg px-3 text-muted hover:bg-hover hover:text-ink"
          >
            <FlaskConical size={17} strokeWidth={1.75} aria-hidden="true" />
            <Trans>Test a model</Trans>
          </Link>
        )}
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-12 md:px-6">
        <div className="mx-auto max-w-3xl">
          <ModelsPageList query={query} />
        </div>
      </div>
    </div>
  );
};
