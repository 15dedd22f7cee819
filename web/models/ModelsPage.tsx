import { FlaskConical } from 'lucide-react';
import { graphql } from 'react-relay';
import { Link } from 'react-router';
import { EngineSetup } from '../engine/EngineSetup.tsx';
import { useRouteQuery } from '../relay/useRouteQuery.ts';
import { PageHeader } from '../shell/PageHeader.tsx';
import { useTitle } from '../ui/useTitle.ts';
import type { ModelsPageQuery } from './__generated__/ModelsPageQuery.graphql.ts';
import { ModelCard } from './ModelCard.tsx';

export const ModelsPage = () => {
  useTitle('Models');
  const { models, health } = useRouteQuery<ModelsPageQuery>(graphql`
    query ModelsPageQuery {
      models(first: 100) {
        edges {
          node {
            id
            ...ModelCard_model
          }
        }
      }
      health {
        ...EngineSetup_health
      }
    }
  `);
  // Null where the engine did not say what is installed.
  const installed = models?.edges ?? [];
  if (installed.length === 0) return <EngineSetup health={health} />;
  return (
    <div className="flex h-full flex-col">
      <PageHeader title="Models">
        <Link
          to="/llm-test"
          className="inline-flex h-9 items-center gap-2 rounded-lg px-3 text-muted hover:bg-hover hover:text-ink"
        >
          <FlaskConical size={17} strokeWidth={1.75} aria-hidden="true" />
          Test a model
        </Link>
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-12 md:px-6">
        <div className="mx-auto max-w-3xl">
          <p className="pt-2 pb-6 text-muted">
            {installed.length === 1 ? 'One model is' : `${installed.length} models are`} installed on this
            server.
          </p>
          <ul className="divide-y divide-line border-y border-line">
            {installed.map(({ node }) => (
              <ModelCard key={node.id} model={node} />
            ))}
          </ul>
        </div>
      </div>
    </div>
  );
};
