import { plural, t } from '@lingui/core/macro';
import { useId, useState } from 'react';

/** From this length on, a message is folded: in UTF-16 code units, and in lines. */
const foldedFrom = { length: 2_000, lines: 24 };

const isLong = (text: string): boolean =>
  text.length >= foldedFrom.length || text.split('\n', foldedFrom.lines).length >= foldedFrom.lines;

/** The text of a person's message. A long one is folded. */
export const UserBubble = ({ text }: { text: string }) => {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const folds = isLong(text);
  const { length } = text;
  const isFolded = folds && !isOpen;
  return (
    <div className="max-w-[85%] rounded-2xl rounded-ee-md bg-sunken px-4 py-2.5 text-base leading-relaxed">
      <div
        id={id}
        dir="auto"
        className={`whitespace-pre-wrap wrap-anywhere ${isFolded ? 'max-h-60 overflow-hidden mask-b-from-70%' : ''}`}
      >
        {/* A folded message isn't laid out in full, which takes long for megabytes. */}
        {isFolded ? text.slice(0, foldedFrom.length * 2) : text}
      </div>
      {folds && (
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => setOpen(!isOpen)}
          className="mt-1 h-8 text-sm font-medium text-accent hover:underline pointer-coarse:h-11"
        >
          {isOpen
            ? t`Show less`
            : plural(length, { one: 'Show all # character', other: 'Show all # characters' })}
        </button>
      )}
    </div>
  );
};
