import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { graphql } from 'react-relay';
import { useRouteQuery } from '../relay/useRouteQuery.ts';
import { PageHeader } from '../shell/PageHeader.tsx';
import { useTitle } from '../ui/useTitle.ts';
import type { PresetsPageQuery } from './__generated__/PresetsPageQuery.graphql.ts';
import { PresetGallery } from './PresetGallery.tsx';

export const PresetsPage = () => {
  useTitle(t`Presets`);
  const query = useRouteQuery<PresetsPageQuery>(graphql`
    query PresetsPageQuery @preloadable {
      ...PresetGallery_query
    }
  `);
  return (
    <div className="flex h-full flex-col">
      <PageHeader title={t`Presets`} />
      <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-12 md:px-6">
        <div className="mx-auto max-w-4xl">
          <p className="pt-2 pb-5 text-muted">
            <Trans>
              Presets are prepared tasks: fill in the form, and the model does the rest. To use one in a chat,
              type <code className="text-sm">/</code> and its name.
            </Trans>
          </p>
          <PresetGallery query={query} />
        </div>
      </div>
    </div>
  );
};
