import { type ComponentProps, isValidElement, type ReactNode } from 'react';
import { CodeBlock, type ExtraProps, useIsCodeFenceIncomplete } from 'streamdown';
import { CopyButton } from '../ui/CopyButton.tsx';
import { Formula } from './markdown/Formula.tsx';

/** Inline code, a formula, or a code block with its language and a copy button. */
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
  return (
    <CodeBlock
      code={code}
      language={language}
      isIncomplete={isIncomplete}
      lineNumbers={false}
      role="region"
      aria-label={language ? `Code in ${language}` : 'Code'}
      tabIndex={0}
    >
      <CopyButton text={code} label="Copy code" />
    </CodeBlock>
  );
};

const textOf = (children: ReactNode): string => {
  if (typeof children === 'string') return children;
  if (isValidElement<{ children?: ReactNode }>(children)) return textOf(children.props.children);
  return '';
};
