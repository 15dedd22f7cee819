import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { graphql, useFragment } from 'react-relay';
import type { ModelFacts_model$key } from './__generated__/ModelFacts_model.graphql.ts';
import { inBytes, inTokens } from './measures.ts';

/** Shows a model's size on disk, its context length, and whether it is loaded, so that it answers at once. */
export const ModelFacts = ({ model: key }: { model: ModelFacts_model$key }) => {
  const { size, parameterSize, contextLength, loaded } = useFragment(
    graphql`
      fragment ModelFacts_model on Model {
        size
        parameterSize
        contextLength
        loaded
      }
    `,
    key,
  );
  const facts = [parameterSize, inBytes(size), contextLength && contextOf(inTokens(contextLength))].filter(
    Boolean,
  );
  return (
    <span className="mt-0.5 flex flex-wrap items-center gap-x-2 text-xs text-muted">
      {facts.join(' · ')}
      {loaded && (
        <span className="inline-flex items-center gap-1.5">
          <span className="size-1.5 rounded-full bg-accent" aria-hidden="true" />
          <Trans>in memory</Trans>
        </span>
      )}
    </span>
  );
};

const contextOf = (tokens: string): string =>
  t({ message: `${tokens} context`, comment: 'The context length of a model; {tokens} is such as “128K”.' });
