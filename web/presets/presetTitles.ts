import { i18n, type MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';

/** The titles of the built-in presets. Separate from their other texts, because the message field of a chat lists them. */
export const builtInTitles: Readonly<Record<string, MessageDescriptor>> = {
  'Heal an agent': msg`Heal an agent`,
  'Review code': msg`Review code`,
  'Docker in plain words': msg`Docker in plain words`,
  'Explain an error': msg`Explain an error`,
  'Summarize a meeting': msg`Summarize a meeting`,
  'Translate a text': msg`Translate a text`,
};

export const translatedBy = (messages: Readonly<Record<string, MessageDescriptor>>, text: string): string => {
  const message = Object.hasOwn(messages, text) ? messages[text] : undefined;
  return message ? i18n._(message) : text;
};

/** Returns the title of a preset in the language of the app, if the preset came with the service; else as it is. */
export const presetTitle = (title: string): string => translatedBy(builtInTitles, title);
