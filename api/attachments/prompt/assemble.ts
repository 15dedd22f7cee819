import type { PromptContent } from '../../generations/promptAttachments.ts';
import type { MessageAttachment, MessageSource } from '../../messages/message.ts';
import type { Attachment } from '../attachment.ts';
import { documentInPrompt, type PromptPassage, passagesInPrompt, searchedDocument } from './documentText.ts';

/** An attachment with its text; empty if the prompt doesn't need it. */
export interface LoadedAttachment {
  readonly attachment: Attachment;
  /** Whether it is an image for the model, and not a text: the model sees, or the image has no text. */
  readonly isImage: boolean;
  readonly text: string;
}

/** What becomes the content of a message. */
export interface ContentParts {
  readonly content: string;
  /** The attachments of the message that exist, in their order. */
  readonly loaded: readonly LoadedAttachment[];
  readonly attached: readonly MessageAttachment[];
  readonly images: readonly string[];
  /** The message's passages, whose documents aren't given otherwise. Absent: none. */
  readonly sources?: readonly MessageSource[];
  /** Those of them that the prompt has. Absent: none. */
  readonly passages?: readonly PromptPassage[];
}

/** Puts documents and passages before the text: models follow the last instruction best. */
export const assemble = ({
  content,
  loaded,
  attached,
  images,
  sources = [],
  passages = [],
}: ContentParts): PromptContent => {
  const omitted = new Map(attached.map((one) => [one.id, one.omitted]));
  const searched = new Set(sources.map(({ attachmentId }) => attachmentId));
  const documents = loaded
    .filter(({ isImage }) => !isImage)
    .map(({ attachment, text }) =>
      searched.has(attachment.id)
        ? searchedDocument(attachment, passages.length > 0)
        : documentInPrompt(attachment, text, omitted.get(attachment.id) ?? 0),
    );
  return {
    content: [...documents, ...passagesInPrompt(passages), content].join('\n\n'),
    ...(images.length > 0 && { images }),
  };
};
