import { t } from '@lingui/core/macro';
import { Code, Download, Eye, ListOrdered, TextWrap } from 'lucide-react';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { saveFile } from '../../ui/saveFile.ts';
import { codeFileName } from './codeFile.ts';
import { chooseCodePreferences, useCodePreferences } from './codePreferences.ts';

export interface CodeActionsProps {
  readonly code: string;
  readonly language: string;
  readonly isPreviewed: boolean;
  /** Opens or closes the preview. Null if there is none. */
  readonly onPreview: (() => void) | null;
}

/** The buttons of a code block. */
export const CodeActions = ({ code, language, isPreviewed, onPreview }: CodeActionsProps) => {
  const { wraps, hasNumbers } = useCodePreferences();
  return (
    <>
      {onPreview && (
        <IconButton
          icon={isPreviewed ? Code : Eye}
          label={isPreviewed ? t`Show code` : t`Show preview`}
          compact
          onClick={onPreview}
        />
      )}
      {!isPreviewed && (
        <>
          <IconButton
            icon={TextWrap}
            label={t`Wrap lines`}
            compact
            aria-pressed={wraps}
            onClick={() => chooseCodePreferences({ wraps: !wraps, hasNumbers })}
          />
          <IconButton
            icon={ListOrdered}
            label={t`Line numbers`}
            compact
            aria-pressed={hasNumbers}
            onClick={() => chooseCodePreferences({ wraps, hasNumbers: !hasNumbers })}
          />
        </>
      )}
      <IconButton
        icon={Download}
        label={t`Download code`}
        compact
        onClick={() => saveFile(code, 'text/plain;charset=utf-8', codeFileName(language))}
      />
      <CopyButton text={code} label={t`Copy code`} />
    </>
  );
};
