import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { FileText, Upload, X } from 'lucide-react';
import { useRef } from 'react';
import { graphql, useFragment } from 'react-relay';
import { describeFile } from '../attachments/describeFile.ts';
import { useDroppedFiles } from '../messages/useDroppedFiles.ts';
import { serverAddress } from '../relay/basePath.ts';
import { Button } from '../ui/Button.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import type { DocumentList_collection$key } from './__generated__/DocumentList_collection.graphql.ts';
import { RemoveDocument } from './RemoveDocument.tsx';
import { useUploads } from './useUploads.ts';

/** The documents of a collection, newest first. Who may change it adds files by the button or by dropping them. */
export const DocumentList = ({ collection: key }: { collection: DocumentList_collection$key }) => {
  const { id, viewerCanUpdate, viewerCanDelete, documents } = useFragment(
    graphql`
      fragment DocumentList_collection on Collection {
        id
        viewerCanUpdate
        viewerCanDelete
        documents(first: 100) @connection(key: "DocumentList_documents") {
          __id
          edges {
            node {
              id
              name
              format
              size
              pages
              tokens
              url
            }
          }
        }
      }
    `,
    key,
  );
  const input = useRef<HTMLInputElement>(null);
  const { uploads, add, dismiss } = useUploads(id, documents.__id);
  useDroppedFiles((files) => viewerCanUpdate && add(files));
  const rows = documents.edges.flatMap(({ node }) => node ?? []);
  return (
    <section aria-label={t`Documents`} className="pt-4">
      {viewerCanUpdate && (
        <>
          <input
            ref={input}
            type="file"
            multiple
            hidden
            aria-label={t`Files to add`}
            onChange={({ target }) => {
              add([...(target.files ?? [])]);
              // Otherwise the same file could not be chosen again.
              target.value = '';
            }}
          />
          <Button onClick={() => input.current?.click()}>
            <Upload size={16} aria-hidden="true" />
            <Trans>Add documents</Trans>
          </Button>
          <p className="mt-1.5 text-sm text-muted">
            <Trans>Or drop files here. Images have no text to search.</Trans>
          </p>
        </>
      )}
      {uploads.length > 0 && (
        <ul aria-label={t`Uploads`} className="mt-4 flex flex-col gap-2">
          {uploads.map(({ key: upload, name, progress, isWaiting, problem }) => (
            <li key={upload} className="flex items-center gap-3 rounded-lg bg-sunken px-3 py-2 text-sm">
              <span className="min-w-0 flex-1">
                <span dir="auto" className="block truncate font-medium">
                  {name}
                </span>
                {problem && (
                  <span role="alert" className="block text-danger">
                    {problem}
                  </span>
                )}
                {!problem && isWaiting && (
                  <span role="status" className="block text-muted">
                    <Trans>Waiting, because the server takes only so many a minute.</Trans>
                  </span>
                )}
                {!problem && !isWaiting && progress < 1 && (
                  <progress
                    aria-label={t`Upload of ${name}`}
                    value={progress}
                    max={1}
                    className="block h-1.5 w-32 accent-accent"
                  />
                )}
                {!problem && !isWaiting && progress >= 1 && (
                  <span role="status" className="block text-muted">
                    <Trans comment="The server reads the file">Reading…</Trans>
                  </span>
                )}
              </span>
              {problem && (
                <IconButton icon={X} compact label={t`Remove ${name}`} onClick={() => dismiss(upload)} />
              )}
            </li>
          ))}
        </ul>
      )}
      {rows.length === 0 ? (
        <p className="mt-4 text-muted">
          <Trans>No documents yet.</Trans>
        </p>
      ) : (
        <ul aria-label={t`Documents`} className="mt-4 divide-y divide-line border-y border-line">
          {rows.map((document) => (
            <li key={document.id} className="flex items-center gap-3 py-2.5">
              <FileText size={16} strokeWidth={1.75} aria-hidden="true" className="shrink-0 text-muted" />
              <span className="min-w-0 flex-1">
                <a
                  href={serverAddress(document.url)}
                  download={document.name}
                  dir="auto"
                  className="block truncate font-medium hover:underline"
                >
                  {document.name}
                </a>
                <span className="block text-sm text-muted">{describeFile(document)}</span>
              </span>
              {viewerCanDelete && (
                <RemoveDocument
                  collectionId={id}
                  connection={documents.__id}
                  id={document.id}
                  name={document.name}
                />
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
};
