import { type TextPart, visibleParts } from './visibleText.ts';

/** Shows escapes apart from the characters around them. A line break follows its escape where `hasLines`. */
export const VisibleParts = ({
  parts,
  hasLines = false,
}: {
  readonly parts: readonly TextPart[];
  readonly hasLines?: boolean;
}) =>
  parts.map(({ text, isEscape }, index) =>
    isEscape ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text have no other key
      <span key={index}>
        <span dir="ltr" className="rounded-sm bg-warn-soft text-warn">
          {text}
        </span>
        {hasLines && text === '\\n' && '\n'}
      </span>
    ) : (
      text
    ),
  );

/** A name from outside: the model may have made it up. Each of its characters can be seen, and it is isolated from the rest. */
export const VisibleText = ({ text }: { readonly text: string }) => (
  <bdi>
    <VisibleParts parts={visibleParts(text)} />
  </bdi>
);
