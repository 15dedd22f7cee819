import { Lexer, parse, Source, TokenKind } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { Failure } from '../../failures.ts';

/** Lexical tokens a document may have. GraphiQL's introspection has about 400. */
const mostTokens = 8000;
/** Brackets of any kind that may be open at once: the parser and the validator call themselves for each. */
const deepest = 64;

/** Refuses documents that would take the parser's stack or much of its time: `TOO_COMPLEX`. */
export const useDocumentLimits = (): Plugin => ({
  onParse({ setParseFn }) {
    setParseFn((source: string | Source, options?: Parameters<typeof parse>[1]) => {
      measure(typeof source === 'string' ? new Source(source) : source);
      return parse(source, options);
    });
  },
});

const opening = new Set<TokenKind>([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const closing = new Set<TokenKind>([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

const measure = (source: Source): void => {
  const lexer = new Lexer(source);
  let tokens = 0;
  let depth = 0;
  while (lexer.advance().kind !== TokenKind.EOF) {
    tokens += 1;
    if (opening.has(lexer.token.kind)) depth += 1;
    if (closing.has(lexer.token.kind)) depth -= 1;
    if (depth > deepest) {
      throw new Failure('TOO_COMPLEX', `The document is nested more than ${deepest} deep.`, {
        limit: deepest,
      });
    }
    if (tokens > mostTokens) {
      throw new Failure('TOO_COMPLEX', `The document has more than ${mostTokens} tokens.`, {
        limit: mostTokens,
      });
    }
  }
};
