import { type ComponentProps, isValidElement, type ReactNode } from 'react';
import { CodeBlock, type ExtraProps, useIsCodeFenceIncomplete } from 'streamdown';
import { CopyButton } from '../ui/CopyButton.tsx';

/** Inline code, or a code block with its language and a copy button. */
export const MarkdownCode = ({
  node: _,
  className,
  children,
  ...props
}: ComponentProps<'code'> & ExtraProps) => {
  const isIncomplete = useIsCodeFenceIncomplete();
  if (!('data-block' in props)) return <code>{children}</code>;
  const code = textOf(children);
  const language = /language-([^\s]+)/.exec(className ?? '')?.[1] ?? '';
  return (
    <CodeBlock code={code} language={language} isIncomplete={isIncomplete} lineNumbers={false}>
      <CopyButton text={code} label="Copy code" />
    </CodeBlock>
  );
};

const textOf = (children: ReactNode): string => {
  if (typeof children === 'string') return children;
  if (isValidElement<{ children?: ReactNode }>(children)) return textOf(children.props.children);
  return '';
};
