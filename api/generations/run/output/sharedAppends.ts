import type { ContentAppend } from '../../../messages/message.ts';
import type { MessageStore } from '../../../messages/store.ts';

/** The maximum appends, and UTF-16 code units, of one step of the store. */
const maxAppends = 200;
const maxLength = 1024 * 1024;

interface Waiting {
  readonly append: ContentAppend;
  readonly made: PromiseWithResolvers<boolean>;
}

/** Returns a store whose appends of one tick, of any number of generations, are one step. */
export const withSharedAppends = (messages: MessageStore): MessageStore => {
  let waiting: Waiting[] = [];
  let length = 0;
  let timer: NodeJS.Timeout | null = null;

  const send = () => {
    if (timer) clearTimeout(timer);
    timer = null;
    const sent = waiting;
    waiting = [];
    length = 0;
    messages.appendContents(sent.map(({ append }) => append)).then(
      (made) => {
        for (const [index, one] of sent.entries()) one.made.resolve(made[index] ?? false);
      },
      (error: unknown) => {
        for (const one of sent) one.made.reject(error);
      },
    );
  };

  return {
    ...messages,
    appendContents(appends) {
      const promises = appends.map((append) => {
        const made = Promise.withResolvers<boolean>();
        waiting.push({ append, made });
        length += append.delta.length;
        if (waiting.length >= maxAppends || length >= maxLength) send();
        else timer ??= setTimeout(send, 0);
        return made.promise;
      });
      return Promise.all(promises);
    },
  };
};
