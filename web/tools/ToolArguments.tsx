import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useId, useState } from 'react';
import { VisibleParts, VisibleText } from './VisibleParts.tsx';
import { visibleValue } from './visibleValue.ts';

/** The part of a value that is shown at first: the value of one argument must not move the others out of sight. */
const shortened = { maxLength: 500, maxLines: 12 } as const;

export interface ToolArgumentsProps {
  readonly id: string;
  /** The arguments of a call, an object. */
  readonly given: unknown;
}

/**
 * The arguments of a call, one by one, as they are sent: nothing in them is invisible, in another order, or left out without
 * notice.
 */
export const ToolArguments = ({ id, given }: ToolArgumentsProps) => {
  const isObject = typeof given === 'object' && given !== null && !Array.isArray(given);
  const all = isObject ? Object.entries(given) : [];
  return (
    // No region: several calls may be open, and regions of a page need different names.
    // biome-ignore lint/a11y/useSemanticElements: it is no group of fields
    <div id={id} role="group" aria-label={t`Arguments`} className="flex flex-col gap-1.5">
      <p className="font-medium text-muted">
        <Trans>Arguments</Trans>
      </p>
      {!isObject && <Value value={given} />}
      {isObject && all.length === 0 && (
        <p className="text-muted">
          <Trans>The call has no arguments.</Trans>
        </p>
      )}
      {all.length > 0 && (
        <dl className="flex flex-col gap-2">
          {all.map(([name, value]) => (
            <div key={name}>
              <dt className="font-mono text-xs wrap-anywhere text-muted">
                <VisibleText text={name} />
              </dt>
              <dd className="mt-0.5">
                <Value value={value} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
};

const Value = ({ value }: { readonly value: unknown }) => {
  const id = useId();
  const [isWhole, setWhole] = useState(false);
  const { more } = visibleValue(value, shortened);
  const { tokens } = visibleValue(value, isWhole ? {} : shortened);
  return (
    <>
      <div
        id={id}
        // The structure is code. Each string has its own direction.
        dir="ltr"
        className="rounded-lg bg-sunken px-3 py-2 font-mono text-xs leading-relaxed whitespace-break-spaces wrap-anywhere"
      >
        {tokens.map(({ isString, parts }, index) =>
          isString ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: the tokens of a value have no other key
            <bdi key={index}>
              <VisibleParts parts={parts} hasLines />
            </bdi>
          ) : (
            parts.map(({ text }) => text)
          ),
        )}
        {more > 0 && !isWhole && <span className="text-muted">…</span>}
      </div>
      {more > 0 && (
        <button
          type="button"
          aria-expanded={isWhole}
          aria-controls={id}
          onClick={() => setWhole(!isWhole)}
          className="mt-1 min-h-8 rounded-lg px-2 text-accent underline underline-offset-2 hover:bg-hover pointer-coarse:min-h-11"
        >
          {isWhole
            ? t`Show less`
            : plural(more, { one: 'Show # more character', other: 'Show # more characters' })}
        </button>
      )}
    </>
  );
};
