import { i18n, type MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { graphql, useFragment } from 'react-relay';
import { Link } from 'react-router';
import { Badge } from '../ui/Badge.tsx';
import type { PresetCard_preset$key } from './__generated__/PresetCard_preset.graphql.ts';
import { presetText } from './builtInTexts.ts';
import { presetTitle } from './presetTitles.ts';

const sources: Readonly<Record<string, MessageDescriptor | undefined>> = {
  PERSONAL: msg({ message: 'Yours', context: 'preset of the reader' }),
  SHARED: msg({ message: 'Shared', context: 'preset of another person' }),
};

export const PresetCard = ({ preset: key }: { preset: PresetCard_preset$key }) => {
  const { source, current } = useFragment(
    graphql`
      fragment PresetCard_preset on Preset {
        source
        current {
          definition {
            name
            title
            description
            icon
          }
        }
      }
    `,
    key,
  );
  const { name, title, description, icon } = current.definition;
  const label = sources[source];
  return (
    <Link
      to={`/presets/${name}`}
      className="flex h-full flex-col rounded-2xl border border-line bg-raised p-4 transition-colors hover:bg-hover"
    >
      <span className="flex items-center gap-2.5">
        {icon !== '' && (
          <span aria-hidden="true" className="text-xl">
            {icon}
          </span>
        )}
        <span className="min-w-0 flex-1 truncate font-semibold" dir="auto">
          {presetTitle(title)}
        </span>
        {label && <Badge>{i18n._(label)}</Badge>}
      </span>
      <span dir="auto" className="mt-1.5 line-clamp-3 text-sm text-muted">
        {presetText(description)}
      </span>
      <code className="mt-auto pt-3 font-mono text-sm text-muted">/{name}</code>
    </Link>
  );
};
