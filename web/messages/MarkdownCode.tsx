import { t } from '@lingui/core/macro';
import { type ComponentProps, isValidElement, type ReactNode, useState } from 'react';
import { CodeBlock, type ExtraProps, useIsCodeFenceIncomplete } from 'streamdown';
import { CodeActions } from './code/CodeActions.tsx';
import { previewKindOf } from './code/codeFile.ts';
import { useCodePreferences } from './code/codePreferences.ts';
import { DiagramPreview } from './code/DiagramPreview.tsx';
import { PagePreview } from './code/PagePreview.tsx';
import { Formula } from './markdown/Formula.tsx';

/** Inline code, a formula, or a code block. */
export const MarkdownCode = ({
  node: _,
  className,
  children,
  ...props
}: ComponentProps<'code'> & ExtraProps) => {
  const isIncomplete = useIsCodeFenceIncomplete();
  const language = /language-([^\s]+)/.exec(className ?? '')?.[1] ?? '';
  const isBlock = 'data-block' in props;
  const code = textOf(children);
  if (language === 'math' && !isIncomplete) {
    return (
      <Formula tex={code.trim()} isDisplay={isBlock || className?.includes('language-display') === true} />
    );
  }
  if (!isBlock) return <code dir="ltr">{children}</code>;
  return <Block code={code} language={language} isIncomplete={isIncomplete} />;
};

interface BlockProps {
  readonly code: string;
  /** Empty: none. */
  readonly language: string;
  /** Whether its end is still to come. Then it has no preview. */
  readonly isIncomplete: boolean;
}

/** A code block with its language and its buttons, and with a preview on request. */
const Block = ({ code, language, isIncomplete }: BlockProps) => {
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
      className="code-block"
      data-wrapped={wraps || undefined}
      data-numbered={hasNumbers || undefined}
      data-unnamed={language === '' || undefined}
    >
      <CodeBlock
        code={code}
        language={language}
        isIncomplete={isIncomplete}
        lineNumbers={false}
        role="region"
        aria-label={language ? t`Code in ${language}` : t`Code`}
        tabIndex={0}
      >
        {actions}
      </CodeBlock>
    </div>
  );
};

const textOf = (children: ReactNode): string => {
  if (typeof children === 'string') return children;
  if (isValidElement<{ children?: ReactNode }>(children)) return textOf(children.props.children);
  return '';
};
