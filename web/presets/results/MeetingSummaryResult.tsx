import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { type MeetingSummary, placeOf, type TranscriptPlace } from './types.ts';

export const MeetingSummaryResult = ({ value }: { value: MeetingSummary }) => (
  <>
    <p dir="auto" className="wrap-anywhere">
      {value.summary}
    </p>
    <Items title={t`Decisions`} empty={t`No decision was made.`}>
      {value.decisions.map(({ text, place }) => (
        <Item key={`${place.utterance} ${text}`} place={place}>
          {text}
        </Item>
      ))}
    </Items>
    <Items title={t`Action items`} empty={t`Nobody took on a task.`}>
      {value.actionItems.map(({ owner, task, due, place }) => (
        <Item key={`${place.utterance} ${owner} ${task}`} place={place}>
          {owner !== '' && <strong className="font-semibold">{owner}: </strong>}
          {task}
          {due !== '' && (
            <span className="text-muted">
              {' '}
              <Trans>(due {due})</Trans>
            </span>
          )}
        </Item>
      ))}
    </Items>
    <Items title={t`Open questions`} empty={t`No question was left open.`}>
      {value.openQuestions.map(({ text, place }) => (
        <Item key={`${place.utterance} ${text}`} place={place}>
          {text}
        </Item>
      ))}
    </Items>
  </>
);

const Items = ({
  title,
  empty,
  children,
}: {
  title: string;
  empty: string;
  children: readonly ReactNode[];
}) => (
  <>
    <h3 className="mt-5 font-semibold">{title}</h3>
    {children.length === 0 ? (
      <p className="mt-1 text-muted">{empty}</p>
    ) : (
      <ul className="mt-1 space-y-2">{children}</ul>
    )}
  </>
);

/** A statement, and what was said in the transcript. */
const Item = ({ place, children }: { place: TranscriptPlace; children: ReactNode }) => (
  <li dir="auto" className="wrap-anywhere">
    {children}
    <details className="text-sm text-muted">
      <summary className="w-fit cursor-pointer rounded pointer-coarse:py-2">{placeOf(place)}</summary>
      <blockquote dir="auto" className="mt-1 border-s-2 border-line-strong ps-3">
        {place.quote}
      </blockquote>
    </details>
  </li>
);
