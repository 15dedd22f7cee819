import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import {
  type DocumentNode,
  Lexer,
  parse,
  Source,
  TokenKind,
  type ValidationContext,
  type ValidationRule,
  validate,
  visit,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { DocumentLimits } from '../../../config/values/documentLimits.ts';
import { Failure } from '../../../errors/failures.ts';

/** The maximum number of nested brackets of any kind: the parser and the validator recurse for each. */
const maxBrackets = 64;
/** The maximum number of nested fields and fragments: the validator recurses for each. Relay nests about 20. */
const maxNested = 100;

/**
 * The maximum number of pairs of fields with the same response name, and of pairs of spreads. The validator compares such
 * pairs (OverlappingFieldsCanBeMerged); 300 equal fields are within the limit. A pair of spreads costs more.
 */
const maxPairs = 100_000;
const pairOfSpreads = 8;

/**
 * Rejects documents that would take much time of the parser, the validator or the resolvers (`TOO_COMPLEX`). Runs before the
 * rules of the specification, since some of them take quadratic time.
 */
export const useDocumentLimits = (limits: DocumentLimits): Plugin => {
  const rules = rulesOf(limits);
  // Yoga caches parsed documents, so a repeated document is the same object.
  const accepted = new WeakSet<DocumentNode>();
  return {
    onParse({ setParseFn }) {
      setParseFn((source: string | Source, options?: Parameters<typeof parse>[1]) => {
        measure(typeof source === 'string' ? new Source(source) : source, limits.tokens);
        const document = parse(source, options);
        checkPairs(document);
        return document;
      });
    },
    onValidate({ params: { schema, documentAST } }) {
      if (accepted.has(documentAST)) return;
      validate(schema, documentAST, rules);
      accepted.add(documentAST);
    },
  };
};

const rulesOf = ({ depth, aliases, directives }: DocumentLimits): readonly ValidationRule[] => {
  const rejectAbove = (what: string, limit: number) => ({
    n: limit,
    onReject: [
      () => {
        throw tooComplex(`${what} more than ${limit}`, limit);
      },
    ],
  });
  const asRule =
    (rule: (context: ValidationContext) => object): ValidationRule =>
    (context) =>
      rule(context);
  return [
    maxDepthRule({ ...rejectAbove('nests fields and fragments', maxNested), ignoreIntrospection: false }),
    maxDepthRule({
      ...rejectAbove('nests fields', depth),
      ignoreIntrospection: false,
      flattenFragments: true,
    }),
    maxAliasesRule({ ...rejectAbove('has aliases,', aliases), allowList: [] }),
    maxDirectivesRule(rejectAbove('has directives,', directives)),
  ].map(asRule);
};

const tooComplex = (what: string, limit: number) =>
  new Failure('TOO_COMPLEX', `The document ${what}. Ask for less, or in several requests.`, { limit });

const opening = new Set<TokenKind>([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const closing = new Set<TokenKind>([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

const measure = (source: Source, maxTokens: number): void => {
  const lexer = new Lexer(source);
  let tokens = 0;
  let depth = 0;
  while (lexer.advance().kind !== TokenKind.EOF) {
    tokens += 1;
    if (opening.has(lexer.token.kind)) depth += 1;
    if (closing.has(lexer.token.kind)) depth -= 1;
    if (depth > maxBrackets) throw tooComplex(`is nested more than ${maxBrackets} deep`, maxBrackets);
    if (tokens > maxTokens) throw tooComplex(`has more than ${maxTokens} tokens`, maxTokens);
  }
};

/** Rejects documents whose validation would compare too many fields and fragments. */
const checkPairs = (document: DocumentNode): void => {
  const fields = new Map<string, number>();
  let spreads = 0;
  visit(document, {
    Field({ alias, name }) {
      const key = (alias ?? name).value;
      fields.set(key, (fields.get(key) ?? 0) + 1);
    },
    FragmentSpread() {
      spreads += 1;
    },
  });
  let pairs = spreads ** 2 * pairOfSpreads;
  for (const count of fields.values()) pairs += count ** 2;
  if (pairs > maxPairs) throw tooComplex('repeats fields or fragments too often', maxPairs);
};
