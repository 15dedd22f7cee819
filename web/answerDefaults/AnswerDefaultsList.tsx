import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import { Select } from '../ui/Select.tsx';
import type { AnswerDefaultsList_query$key } from './__generated__/AnswerDefaultsList_query.graphql.ts';
import { AnswerDefaultsDialog } from './AnswerDefaultsDialog.tsx';
import { AnswerDefaultsRow } from './AnswerDefaultsRow.tsx';

/** The defaults that the viewer's conversations inherit: one row for all models, and one for each model that has some. */
export const AnswerDefaultsList = ({ query: key }: { query: AnswerDefaultsList_query$key }) => {
  const { viewer, models } = useFragment(
    graphql`
      fragment AnswerDefaultsList_query on Query {
        viewer {
          id
          viewerCanGenerate
          answerDefaults {
            id
            model
            ...AnswerDefaultsRow_answerDefaults
          }
        }
        models(first: 100) {
          edges {
            node {
              id
              name
              canAnswer
            }
          }
        }
      }
    `,
    key,
  );
  const [adding, setAdding] = useState<string | null>(null);
  if (!viewer?.viewerCanGenerate) return null;
  const defaults = viewer.answerDefaults;
  const others = defaults.filter(({ model }) => model !== null && model !== undefined);
  const missing = (models?.edges ?? [])
    .map(({ node }) => node)
    .filter(({ name, canAnswer }) => canAnswer && !others.some(({ model }) => model === name));
  return (
    <>
      <p className="text-muted">
        <Trans>
          For conversations without settings of their own, from their next answers on. A folder’s system
          prompt comes before yours; yours for a model come before those for all models.
        </Trans>
      </p>
      <ul aria-label={t`Defaults`} className="mt-4 divide-y divide-line border-y border-line">
        <AnswerDefaultsRow
          userId={viewer.id}
          model={null}
          defaults={defaults.find(({ model }) => model === null || model === undefined) ?? null}
        />
        {others.map((each) => (
          <AnswerDefaultsRow key={each.id} userId={viewer.id} model={each.model ?? null} defaults={each} />
        ))}
      </ul>
      {missing.length > 0 && (
        <form
          className="mt-4 flex items-end gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            setAdding(String(new FormData(event.currentTarget).get('model')));
          }}
        >
          <Select label={t`Another model`} name="model" className="min-w-0 flex-1">
            {missing.map(({ id, name }) => (
              <option key={id} value={name}>
                {name}
              </option>
            ))}
          </Select>
          <Button type="submit" className="h-11">
            <Trans>Add</Trans>
          </Button>
        </form>
      )}
      <AnswerDefaultsDialog
        open={adding !== null}
        userId={viewer.id}
        id={null}
        model={adding}
        systemPrompt={null}
        options={{}}
        onClose={() => setAdding(null)}
      />
    </>
  );
};
