import { t } from '@lingui/core/macro';
import { Plural } from '@lingui/react/macro';
import { useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import type { ModelsPageList_query$key } from './__generated__/ModelsPageList_query.graphql.ts';
import { ChatWithModel } from './ChatWithModel.tsx';
import { DeleteModel } from './DeleteModel.tsx';
import { ModelCard } from './ModelCard.tsx';
import { ModelPullRow } from './ModelPullRow.tsx';
import { PullModel, type StartedPull } from './PullModel.tsx';

/** Lists the installed models; for administrators also the downloads and the actions. */
export const ModelsPageList = ({ query: key }: { query: ModelsPageList_query$key }) => {
  const { models, modelPulls, viewer } = useFragment(
    graphql`
      fragment ModelsPageList_query on Query {
        models(first: 100) @connection(key: "ModelsPageList_models") {
          __id
          edges {
            node {
              id
              name
              canAnswer
              ...ModelCard_model
            }
          }
        }
        modelPulls {
          id
          model
        }
        viewer {
          viewerCanGenerate
          viewerCanManageModels
        }
      }
    `,
    key,
  );
  const [started, setStarted] = useState<readonly StartedPull[]>([]);
  const installed = models?.edges ?? [];
  const installedCount = installed.length;
  const mayManage = viewer?.viewerCanManageModels ?? false;
  const pulls = new Map([...modelPulls, ...started].map((pull) => [pull.id, pull]));
  return (
    <>
      <div className="flex items-center justify-between gap-3 pt-2 pb-6">
        <p className="text-muted">
          <Plural
            value={installedCount}
            _1="One model is installed on this server."
            other="# models are installed on this server."
          />
        </p>
        {mayManage && <PullModel onStarted={(pull) => setStarted((before) => [...before, pull])} />}
      </div>
      {pulls.size > 0 && (
        <ul aria-label={t`Downloads`} className="mb-6 divide-y divide-line border-y border-line">
          {[...pulls.values()].map(({ id, model }) => (
            <ModelPullRow key={id} id={id} name={model} />
          ))}
        </ul>
      )}
      <ul className="divide-y divide-line border-y border-line">
        {installed.map(({ node }) => (
          <ModelCard
            key={node.id}
            model={node}
            action={
              <div className="flex shrink-0 items-center gap-1">
                {viewer?.viewerCanGenerate && node.canAnswer && <ChatWithModel name={node.name} />}
                {mayManage && models && (
                  <DeleteModel id={node.id} name={node.name} connection={models.__id} />
                )}
              </div>
            }
          />
        ))}
      </ul>
    </>
  );
};
