import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Tag } from 'lucide-react';
import { useTagFilter } from '../tags/tagFilter.ts';
import { PaletteGroup, PaletteOption } from './PaletteOption.tsx';

/** Tags to filter the list of conversations by. */
export const PaletteTags = ({ names }: { names: readonly string[] }) => {
  const { show } = useTagFilter();
  if (names.length === 0) return null;
  return (
    <PaletteGroup title={t`Tags`}>
      {names.map((name) => (
        <PaletteOption key={name} icon={Tag} onChoose={() => show(name)}>
          <span className="block truncate">
            <Trans>
              Conversations with the tag <bdi className="font-medium">{name}</bdi>
            </Trans>
          </span>
        </PaletteOption>
      ))}
    </PaletteGroup>
  );
};
