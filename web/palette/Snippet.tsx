import { graphql, useFragment } from 'react-relay';
import type { Snippet_hit$key } from './__generated__/Snippet_hit.graphql.ts';

/** The words around a match, with the match marked. */
export const Snippet = ({ hit: key }: { hit: Snippet_hit$key }) => {
  const { snippet } = useFragment(
    graphql`
      fragment Snippet_hit on MessageHit {
        snippet {
          text
          isMatch
        }
      }
    `,
    key,
  );
  return (
    <span dir="auto" className="line-clamp-2 text-sm text-muted wrap-anywhere">
      {snippet.map(({ text, isMatch }, index) =>
        isMatch ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a snippet never move
          <mark key={index} className="rounded-xs bg-highlight font-medium text-ink">
            {text}
          </mark>
        ) : (
          text
        ),
      )}
    </span>
  );
};
