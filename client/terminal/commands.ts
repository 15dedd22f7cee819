import type { Client } from '../public.ts';
import { notice, type Streams } from './streams.ts';

/** The settings of the next question. Null stands for the default, or a new conversation. */
export interface Setting {
  model: string | null;
  conversationId: string | null;
}

const help = `/new             a new conversation
/model           the models there are
/model NAME      what answers from now on; its number in the list will do
/help            this
/quit            leave, as Ctrl-D does
Ctrl-C stops an answer; again, or at an empty line, it leaves. // begins a question with a slash.`;

/** Runs a command, a line that begins with a slash. Resolves to false if it ends the chat. */
export const obey = async (
  command: string,
  setting: Setting,
  client: Client,
  streams: Streams,
): Promise<boolean> => {
  const [name, ...words] = command.trim().split(/\s+/);
  switch (name) {
    case '/new':
      setting.conversationId = null;
      notice(streams, 'A new conversation.');
      return true;
    case '/model':
      notice(streams, await chooseModel(words.join(' '), setting, client));
      return true;
    case '/help':
      notice(streams, help);
      return true;
    case '/quit':
    case '/exit':
      return false;
    default:
      notice(streams, `There is no command ${name}. /help lists those there are.`);
      return true;
  }
};

const chooseModel = async (asked: string, setting: Setting, client: Client): Promise<string> => {
  const models = await client.models();
  if (asked === '') {
    const current = setting.model ?? models.find(({ isDefault }) => isDefault)?.name;
    return models
      .map(({ name, description }, index) => {
        const mark = name === current ? '*' : ' ';
        return `${mark} ${index + 1}  ${name}${description ? `  ${description}` : ''}`;
      })
      .join('\n');
  }
  const found = models.find(({ name }, index) =>
    [name, name.replace(/:latest$/, ''), `${index + 1}`].includes(asked),
  );
  if (!found) return `There is no model ${asked}. /model lists those there are.`;
  setting.model = found.name;
  return `${found.name} answers from now on.`;
};
