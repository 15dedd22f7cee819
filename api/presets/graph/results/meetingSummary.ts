import { builder } from '../../../graph/builder.ts';
import type {
  ActionItem,
  MeetingStatement,
  MeetingSummary,
  TranscriptPlace,
} from '../../workflows/meetingSummary/meetingSummary.ts';

const TranscriptPlaceRef = builder.objectRef<TranscriptPlace>('TranscriptPlace').implement({
  description: 'Where in a transcript something was said.',
  fields: (t) => ({
    utterance: t.exposeInt('utterance', { description: 'The number of the utterance, from 1.' }),
    speaker: t.exposeString('speaker', {
      nullable: true,
      description: 'The speaker, if the transcript names one.',
    }),
    quote: t.exposeString('quote', { description: 'What was said there.' }),
    startS: t.exposeFloat('startS', {
      nullable: true,
      description: 'Seconds from the start of the meeting; null if the transcript has no times.',
    }),
  }),
});

const place = { type: TranscriptPlaceRef, description: 'Where it was said.' } as const;

const MeetingStatementRef = builder.objectRef<MeetingStatement>('MeetingStatement').implement({
  description: 'A decision or an open question of a meeting.',
  fields: (t) => ({
    text: t.exposeString('text', { description: 'The decision or question.' }),
    place: t.field({ ...place, resolve: (statement) => statement.place }),
  }),
});

const ActionItemRef = builder.objectRef<ActionItem>('ActionItem').implement({
  description: 'A task that somebody took on in a meeting.',
  fields: (t) => ({
    owner: t.exposeString('owner', { description: 'Who does it; empty if nobody was named.' }),
    task: t.exposeString('task', { description: 'What is to be done.' }),
    due: t.exposeString('due', { description: 'Until when, in the words of the meeting; empty if unsaid.' }),
    place: t.field({ ...place, resolve: (item) => item.place }),
  }),
});

export const MeetingSummaryRef = builder.objectRef<MeetingSummary>('MeetingSummary').implement({
  description: 'The minutes of a meeting.',
  fields: (t) => ({
    summary: t.exposeString('summary', { description: 'The summary.' }),
    decisions: t.field({
      type: [MeetingStatementRef],
      description: 'The decisions.',
      resolve: ({ decisions }) => decisions,
    }),
    actionItems: t.field({
      type: [ActionItemRef],
      description: 'The action items.',
      resolve: ({ actionItems }) => actionItems,
    }),
    openQuestions: t.field({
      type: [MeetingStatementRef],
      description: 'The open questions.',
      resolve: ({ openQuestions }) => openQuestions,
    }),
  }),
});
