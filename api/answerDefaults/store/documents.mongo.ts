import type { Collection } from 'mongodb';
import type { AnswerDefaults } from '../answerDefaults.ts';

declare module '../../mongo/collections.ts' {
  interface Collections {
    readonly answerDefaults: Collection<AnswerDefaultsDocument>;
  }
}

export interface AnswerDefaultsDocument extends Omit<AnswerDefaults, 'id'> {
  readonly _id: string;
}

export const answerDefaultsDocumentOf = ({ id, ...rest }: AnswerDefaults): AnswerDefaultsDocument => ({
  _id: id,
  ...rest,
});

export const answerDefaultsOf = ({ _id, ...rest }: AnswerDefaultsDocument): AnswerDefaults => ({
  id: _id,
  ...rest,
});
