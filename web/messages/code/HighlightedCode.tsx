import { type CSSProperties, memo, useEffect, useState } from 'react';
import { lateCode } from '../../ui/lateCode.ts';
import type { Token, TokenLines } from './highlighter.ts';

/** The highlighter is larger than the rest of the app, so it loads with the first code whose language is known. */
const useHighlighter = lateCode(async () => (await import('./highlighter.ts')).highlight);

interface Highlighted {
  readonly code: string;
  readonly language: string;
  readonly lines: TokenLines;
}

export interface HighlightedCodeProps {
  readonly code: string;
  /** Empty: none. */
  readonly language: string;
  /** Whether more code follows. */
  readonly isIncomplete: boolean;
}

/** Code by lines. It is plain until the highlighter has loaded, and if the highlighter can't load its grammar. */
export const HighlightedCode = ({ code, language, isIncomplete }: HighlightedCodeProps) => {
  const highlight = useHighlighter(language !== '');
  const [highlighted, setHighlighted] = useState<Highlighted | null>(null);
  useEffect(() => {
    if (!highlight || language === '') return;
    let isCurrent = true;
    highlight(code, language, isIncomplete, (lines) => {
      if (isCurrent) setHighlighted({ code, language, lines });
    });
    return () => {
      isCurrent = false;
    };
  }, [highlight, code, language, isIncomplete]);
  const known = highlighted?.language === language && code.startsWith(highlighted.code) ? highlighted : null;
  return (
    <code>
      {linesOf(code, known).map(({ tokens, rest }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line grows in its place
        <Line key={index} tokens={tokens} rest={rest} />
      ))}
    </code>
  );
};

interface LineProps {
  readonly tokens: readonly Token[];
  /** The end of the line, which is not highlighted yet. */
  readonly rest: string;
}

/** Returns lines that are highlighted as far as they are known, so that growing code keeps its colors. */
const linesOf = (code: string, known: Highlighted | null): readonly LineProps[] => {
  const lines = known?.lines.map((tokens) => ({ tokens, rest: '' })) ?? [];
  const last = lines.pop();
  const [rest = '', ...others] = code.slice(known?.code.length ?? 0).split('\n');
  return [
    ...lines,
    { tokens: last?.tokens ?? noTokens, rest },
    ...others.map((line) => ({ tokens: noTokens, rest: line })),
  ];
};

const noTokens: readonly Token[] = [];

const Line = memo(({ tokens, rest }: LineProps) => {
  const isEmpty = rest === '' && tokens.every(({ content }) => content === '');
  return (
    <span>
      {isEmpty ? '\n' : null}
      {tokens.map((token, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: tokens have no identity
        <span key={index} style={styleOf(token)}>
          {token.content}
        </span>
      ))}
      {rest}
    </span>
  );
});

/** Returns the colors of both themes as variables, between which the style sheet chooses. */
const styleOf = ({ htmlStyle = {}, color }: Token): CSSProperties => {
  const { color: light = color, ...others } = htmlStyle;
  return { '--code-light': light, ...others } as CSSProperties;
};
