import type { Answer, AnswerEvent, AnswerResult } from '../public.ts';
import { notice, printable, type Streams } from './streams.ts';

/** Writes an answer as it arrives, and its events to the side. Resolves to its outcome. */
export const printAnswer = async (streams: Streams, answer: Answer): Promise<AnswerResult> => {
  const { output } = streams;
  let written = 0;
  let last = '';
  const write = (text: string) => {
    output.write(printable(streams, text));
    if (text !== '') last = text;
  };
  const endLine = () => {
    if (last !== '' && !last.endsWith('\n')) output.write('\n');
    last = '';
  };
  const { result } = answer;
  try {
    for await (const event of answer.events()) {
      if (event.type !== 'text') {
        const told = happening(event);
        if (told === null) continue;
        endLine();
        notice(streams, told);
      } else if (event.offset === written) {
        write(event.delta);
        written += event.delta.length;
      } else {
        endLine();
        notice(streams, 'It was begun again:');
        write(answer.text);
        written = answer.text.length;
      }
    }
    return await result;
  } finally {
    endLine();
  }
};

const happening = (event: Exclude<AnswerEvent, { type: 'text' }>): string | null => {
  if (event.type === 'status' && event.queuePosition !== null) {
    return `Waiting, at place ${event.queuePosition} of the queue.`;
  }
  if (event.type === 'connection') {
    return event.state === 'lost' ? 'The connection was lost; trying again.' : 'Connected again.';
  }
  return null;
};

/** Formats one line: the model and the usage. */
export const summary = ({ model, status, usage, finishReason }: AnswerResult): string =>
  [
    model,
    status === 'CANCELLED' ? 'stopped' : null,
    finishReason === 'LENGTH' ? 'cut at its longest' : null,
    usage && `${usage.completionTokens} tokens`,
    usage?.tokensPerSecond && `${usage.tokensPerSecond.toFixed(1)} a second`,
  ]
    .filter(Boolean)
    .join(', ');
