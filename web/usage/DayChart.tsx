import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useState } from 'react';
import { type Amount, short, tokensOf, topOf, wordsOfAmount } from './amounts.ts';
import { nameOfDay, shortNameOfDay } from './ranges.ts';

export interface AmountOfDay {
  readonly day: string;
  readonly amount: Amount;
}

/** A column chart by day, prompt tokens below completion tokens. The table beside it has the same numbers. */
export const DayChart = ({ days }: { days: readonly AmountOfDay[] }) => {
  const [pointed, setPointed] = useState<AmountOfDay | null>(null);
  const most = days.reduce((last, each) => (tokensOf(each.amount) > tokensOf(last.amount) ? each : last));
  const top = topOf(tokensOf(most.amount));
  const told = pointed ?? most;
  const amount = wordsOfAmount(told.amount);
  const day = <span className="font-medium text-ink">{nameOfDay(told.day)}</span>;
  const middle = days[Math.floor((days.length - 1) / 2)];
  return (
    <figure className="mt-1">
      <figcaption className="flex flex-wrap items-baseline gap-x-4 gap-y-1 text-sm text-muted tabular-nums">
        <span>
          {pointed ? (
            <>
              {day}: {amount}
            </>
          ) : (
            <Trans>
              Most on {day}: {amount}
            </Trans>
          )}
        </span>
        <span className="ms-auto flex gap-3">
          <Legend tone="bg-accent" name={t({ message: 'Written', context: 'tokens' })} />
          <Legend tone="bg-accent/45" name={t({ message: 'Read', context: 'tokens' })} />
        </span>
      </figcaption>
      <div aria-hidden="true" className="mt-4 flex gap-2">
        <div className="flex h-44 w-9 shrink-0 flex-col justify-between text-end text-xs leading-none text-muted tabular-nums">
          {[top, top / 2, 0].map((mark) => (
            <span key={mark} className="-my-1.5">
              {short(mark)}
            </span>
          ))}
        </div>
        <div className="min-w-0 flex-1">
          <div className="relative h-44" onPointerLeave={() => setPointed(null)}>
            <div className="absolute inset-0 flex flex-col justify-between">
              {['top', 'middle', 'bottom'].map((line) => (
                <div key={line} className="border-t border-line" />
              ))}
            </div>
            <div className="relative flex h-full">
              {days.map((each) => (
                <div
                  key={each.day}
                  onPointerEnter={() => setPointed(each)}
                  className={`flex h-full min-w-0 flex-1 items-end justify-center hover:bg-hover/60 ${days.length > 31 ? 'pe-px' : 'px-px'}`}
                >
                  <Column amount={each.amount} top={top} />
                </div>
              ))}
            </div>
          </div>
          <div className="mt-2 flex justify-between text-xs text-muted">
            {[days[0], middle, days.at(-1)].map((each, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: three places, of which two may have the same day
              <span key={index}>{each && shortNameOfDay(each.day)}</span>
            ))}
          </div>
        </div>
      </div>
      <p className="mt-2 text-xs text-muted">
        <Trans>Days are in UTC.</Trans>
      </p>
    </figure>
  );
};

const Column = ({ amount, top }: { amount: Amount; top: number }) => (
  <div
    className="flex w-full max-w-10 flex-col justify-end overflow-hidden rounded-t-[3px]"
    // A day with any usage stays visible, however small.
    style={{ height: `${(tokensOf(amount) * 100) / top}%`, minHeight: amount.generations > 0 ? 2 : 0 }}
  >
    <div className="bg-accent" style={{ flexGrow: amount.completionTokens }} />
    <div className="bg-accent/45" style={{ flexGrow: amount.promptTokens }} />
  </div>
);

const Legend = ({ tone, name }: { tone: string; name: string }) => (
  <span className="flex items-center gap-1.5">
    <span aria-hidden="true" className={`size-2.5 rounded-[3px] ${tone}`} />
    {name}
  </span>
);
