import { t } from '@lingui/core/macro';
import { Plural } from '@lingui/react/macro';
import { graphql, useFragment } from 'react-relay';
import { serverAddress } from '../relay/basePath.ts';
import type { MessageAttachments_message$key } from './__generated__/MessageAttachments_message.graphql.ts';
import { FileIcon } from './AttachedFiles.tsx';
import { describeFile } from './describeFile.ts';
import { RecognizedText } from './RecognizedText.tsx';

/** The attachments of a message: images in place, other files to download. */
export const MessageAttachments = ({ message: key }: { message: MessageAttachments_message$key }) => {
  const { attachments } = useFragment(
    graphql`
      fragment MessageAttachments_message on Message {
        attachments {
          omittedLength
          attachment {
            id
            name
            format
            size
            pages
            tokens
            width
            height
            url
          }
        }
      }
    `,
    key,
  );
  if (attachments.length === 0) return null;
  return (
    <ul aria-label={t`Attachments`} className="mb-1 flex max-w-[85%] flex-wrap justify-end gap-2">
      {attachments.map(({ omittedLength, attachment }) => (
        <li key={attachment.id} className="min-w-0">
          {attachment.format === 'IMAGE' ? (
            <>
              <a href={serverAddress(attachment.url)} target="_blank" rel="noreferrer" className="block">
                <img
                  src={serverAddress(attachment.url)}
                  alt={attachment.name}
                  width={attachment.width ?? undefined}
                  height={attachment.height ?? undefined}
                  loading="lazy"
                  className="h-auto max-h-72 w-auto max-w-full rounded-xl"
                />
              </a>
              {attachment.tokens > 0 && <RecognizedText id={attachment.id} />}
            </>
          ) : (
            <a
              href={serverAddress(attachment.url)}
              download={attachment.name}
              className="flex items-center gap-2 rounded-xl bg-sunken px-3 py-1.5 text-sm hover:bg-hover"
            >
              <FileIcon format={attachment.format} />
              <span className="min-w-0">
                <span dir="auto" className="block max-w-60 truncate font-medium">
                  {attachment.name}
                </span>
                <span className="block text-muted">{describeFile(attachment)}</span>
                {omittedLength > 0 && (
                  <span className="block text-muted">
                    <Plural
                      value={omittedLength}
                      one="Too long for the model: # character was left out."
                      other="Too long for the model: # characters were left out."
                    />
                  </span>
                )}
              </span>
            </a>
          )}
        </li>
      ))}
    </ul>
  );
};
