import type { Code, Construct, Effects, Extension, State, TokenizeContext } from 'micromark-util-types';
import { isBracketFormula, isDollarFormula } from './formulaContent.ts';

declare module 'micromark-util-types' {
  interface TokenTypeMap {
    formula: 'formula';
    formulaText: 'formulaText';
    formulaMark: 'formulaMark';
  }
  interface Token {
    /** Whether a formula is set on lines of its own. */
    isDisplay?: boolean;
  }
}

const backslash = 92;
const dollar = 36;
const space = 32;
const tab = -2;
const virtualSpace = -1;
const isLineEnding = (code: Code): boolean => code !== null && code < tab;
const isSpace = (code: Code): boolean => code === space || code === tab || code === virtualSpace;
const isWord = (code: Code): boolean =>
  code !== null && code > 0 && /[\p{L}\p{N}]/u.test(String.fromCodePoint(code));

interface Delimiter {
  readonly open: string;
  readonly close: string;
  readonly isDisplay: boolean;
  /** Whether the text between the delimiters is a formula. */
  readonly accepts: (text: string) => boolean;
}

const anything = (text: string): boolean => text.trim() !== '';
const parentheses = { open: '\\(', close: '\\)', isDisplay: false, accepts: anything };
const brackets = { open: '\\[', close: '\\]', isDisplay: true, accepts: isBracketFormula };
const dollars = { open: '$$', close: '$$', isDisplay: true, accepts: anything };
const single = { open: '$', close: '$', isDisplay: false, accepts: isDollarFormula };

/** Consumes a text of ASCII characters, then continues. */
const literal = (effects: Effects, text: string, then: State, nok: State): State => {
  const at =
    (index: number): State =>
    (code) => {
      if (code !== text.charCodeAt(index)) return nok(code);
      effects.consume(code);
      return index + 1 === text.length ? then : at(index + 1);
    };
  return at(0);
};

/** Looks ahead whether a text of ASCII characters comes next. */
const lookahead = (text: string): Construct => ({
  partial: true,
  tokenize: (effects, yes, no) => (code) => {
    effects.enter('formulaMark');
    return literal(
      effects,
      text,
      (after) => {
        effects.exit('formulaMark');
        return yes(after);
      },
      no,
    )(code);
  },
});

/** Whether a single dollar sign can start a formula here: that of `US$5` and the second one of two can't. */
const canOpen = ({ previous, events }: TokenizeContext): boolean =>
  events.at(-1)?.[1].type === 'characterEscape' ||
  !(previous === dollar || previous === backslash || isWord(previous));

/** A formula within a paragraph, heading or table cell. It may continue on the next line of the paragraph. */
const inText = ({ open, close, isDisplay, accepts }: Delimiter): Construct => ({
  name: 'formula',
  tokenize(this: TokenizeContext, effects, ok, nok) {
    let text = '';
    const start: State = (code) => {
      if (open === '$' && !canOpen(this)) return nok(code);
      effects.enter('formula').isDisplay = isDisplay;
      effects.enter('formulaMark');
      return literal(effects, open, opened, nok)(code);
    };
    const opened: State = (code) => {
      if (open === '$' && (code === dollar || isSpace(code) || isLineEnding(code))) return nok(code);
      effects.exit('formulaMark');
      return between(code);
    };
    const between: State = (code) => {
      if (code === null) return nok(code);
      if (isLineEnding(code)) {
        if (open === '$') return nok(code);
        text += '\n';
        effects.enter('lineEnding');
        effects.consume(code);
        effects.exit('lineEnding');
        return between;
      }
      if (code === close.charCodeAt(0)) return effects.check(closing, end, beforeData)(code);
      return data(code);
    };
    // A formula has no other one in it. Without this rule, each of many openings would be read to the end of the text.
    const beforeData: State = (code) => effects.check(opening, nok, data)(code);
    const data: State = (code) => {
      effects.enter('formulaText');
      return inData(code);
    };
    const inData: State = (code) => {
      text += code !== null && code > 0 ? String.fromCodePoint(code) : ' ';
      effects.consume(code);
      // A backslash belongs to the character after it: `\\]` ends no formula, and `\$` is a dollar sign.
      return code === backslash ? escaped : afterData;
    };
    const escaped: State = (code) => {
      if (code === null || isLineEnding(code)) return afterData(code);
      text += code > 0 ? String.fromCodePoint(code) : ' ';
      effects.consume(code);
      return afterData;
    };
    const afterData: State = (code) => {
      if (code !== null && !isLineEnding(code) && code !== close.charCodeAt(0)) return inData(code);
      effects.exit('formulaText');
      return between(code);
    };
    const end: State = (code) => {
      if (!accepts(text)) return nok(code);
      effects.enter('formulaMark');
      return literal(effects, close, closed, nok)(code);
    };
    const closed: State = (code) => {
      // `$HOME/$USER` and `$5 to $10`.
      if (open === '$' && (code === dollar || isWord(code))) return nok(code);
      effects.exit('formulaMark');
      effects.exit('formula');
      return ok(code);
    };
    const closing = lookahead(close);
    const opening = lookahead(open);
    return start;
  },
});

/** A formula on lines of its own, in a document, quote or list item. Without an end before a blank line it is text. */
const inFlow = ({ open, close, accepts }: Delimiter): Construct => ({
  name: 'formulaBlock',
  concrete: true,
  tokenize(this: TokenizeContext, effects, ok, nok) {
    let text = '';
    let lineIsBlank = false;
    let isFirstLine = true;
    const start: State = (code) => {
      effects.enter('formula').isDisplay = true;
      effects.enter('formulaMark');
      return literal(effects, open, opened, nok)(code);
    };
    const opened: State = (code) => {
      effects.exit('formulaMark');
      return between(code);
    };
    const between: State = (code) => {
      if (code === null) return nok(code);
      if (isLineEnding(code)) {
        // Whether the block interrupts a paragraph is decided by its first line.
        if (this.interrupt) return text.includes(close) ? nok(code) : ok(code);
        if (!isFirstLine && lineIsBlank && open !== '$$') return nok(code);
        isFirstLine = false;
        lineIsBlank = true;
        text += '\n';
        effects.enter('lineEnding');
        effects.consume(code);
        effects.exit('lineEnding');
        return lineStart;
      }
      if (code === close.charCodeAt(0)) return effects.check(closing, end, beforeData)(code);
      return data(code);
    };
    // As in a paragraph.
    const beforeData: State = (code) => effects.check(opening, nok, data)(code);
    const lineStart: State = (code) => (this.parser.lazy[this.now().line] ? nok(code) : between(code));
    const data: State = (code) => {
      effects.enter('formulaText');
      return inData(code);
    };
    const inData: State = (code) => {
      if (!isSpace(code)) lineIsBlank = false;
      text += code !== null && code > 0 ? String.fromCodePoint(code) : ' ';
      effects.consume(code);
      return code === backslash ? escaped : afterData;
    };
    const escaped: State = (code) => {
      if (code === null || isLineEnding(code)) return afterData(code);
      text += code > 0 ? String.fromCodePoint(code) : ' ';
      effects.consume(code);
      return afterData;
    };
    const afterData: State = (code) => {
      if (code !== null && !isLineEnding(code) && code !== close.charCodeAt(0)) return inData(code);
      effects.exit('formulaText');
      return between(code);
    };
    const end: State = (code) => {
      if (text.trim() === '' || (isFirstLine && !accepts(text))) return nok(code);
      effects.enter('formulaMark');
      return literal(effects, close, closed, nok)(code);
    };
    const closed: State = (code) => {
      if (isSpace(code)) {
        effects.consume(code);
        return closed;
      }
      effects.exit('formulaMark');
      effects.exit('formula');
      return ok(code);
    };
    const closing: Construct = {
      partial: true,
      tokenize: (inner, yes, no) => {
        const rest: State = (code) => {
          if (code === null || isLineEnding(code)) {
            inner.exit('formulaMark');
            return yes(code);
          }
          if (!isSpace(code)) return no(code);
          inner.consume(code);
          return rest;
        };
        return (code) => {
          inner.enter('formulaMark');
          return literal(inner, close, rest, no)(code);
        };
      },
    };
    const opening = lookahead(open);
    return start;
  },
});

/**
 * Formulas as syntax of the Markdown parser, so that code, quotes, lists and tables come first: `\(x\)`, `\[x\]`, `$x$`
 * and `$$x$$`.
 */
export const formulaSyntax: Extension = {
  flow: { [backslash]: inFlow(brackets), [dollar]: inFlow(dollars) },
  text: {
    [backslash]: [inText(parentheses), inText(brackets)],
    [dollar]: [inText(dollars), inText(single)],
  },
};
