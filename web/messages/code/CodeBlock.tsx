import { t } from '@lingui/core/macro';
import { useState } from 'react';
import { CodeActions } from './CodeActions.tsx';
import { previewKindOf } from './codeFile.ts';
import { useCodePreferences } from './codePreferences.ts';
import { DiagramPreview } from './DiagramPreview.tsx';
import { HighlightedCode } from './HighlightedCode.tsx';
import { PagePreview } from './PagePreview.tsx';

export interface CodeBlockProps {
  readonly code: string;
  /** Empty: none. */
  readonly language: string;
  /** Whether its end is still to come. Then it has no preview. */
  readonly isIncomplete: boolean;
}

/** A code block with its language and its buttons, and with a preview on request. */
export const CodeBlock = ({ code, language, isIncomplete }: CodeBlockProps) => {
  const { wraps, hasNumbers } = useCodePreferences();
  const [isOpen, setOpen] = useState(false);
  const kind = isIncomplete ? null : previewKindOf(language, code);
  const isPreviewed = isOpen && kind !== null;
  const actions = (
    <CodeActions
      code={code}
      language={language}
      isPreviewed={isPreviewed}
      onPreview={kind && (() => setOpen(!isOpen))}
    />
  );
  if (isPreviewed) {
    return (
      <section className="code-shown" aria-label={t`Preview of ${language}`}>
        <div className="code-shown-header">
          <span>{language}</span>
          <div>{actions}</div>
        </div>
        {kind === 'page' ? <PagePreview code={code} /> : <DiagramPreview code={code} />}
      </section>
    );
  }
  return (
    <div
      dir="ltr"
      className="code-block"
      data-wrapped={wraps || undefined}
      data-numbered={hasNumbers || undefined}
      data-unnamed={language === '' || undefined}
    >
      <div className="code-block-header">{language}</div>
      <div className="code-block-actions">{actions}</div>
      {/* biome-ignore lint/a11y/useSemanticElements: a region, so that the name is read on reaching it */}
      <div
        role="region"
        aria-label={language ? t`Code in ${language}` : t`Code`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
        tabIndex={0}
        className="code-block-body"
      >
        <pre>
          <HighlightedCode
            code={code.replace(/(?<!\n)\n+$/, '')}
            language={language}
            isIncomplete={isIncomplete}
          />
        </pre>
      </div>
    </div>
  );
};
