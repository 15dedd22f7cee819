import { t } from '@lingui/core/macro';
import { Fragment, type ReactNode } from 'react';
import { LoadBoundary } from '../ui/LoadBoundary.tsx';
import { placeCalls } from './placeCalls.ts';
import { ToolCallCard } from './ToolCallCard.tsx';
import { useToolCalls } from './useToolCalls.ts';

interface ToolCallsProps {
  readonly generationId: string;
  /** The text of the answer, which may grow. */
  readonly text: string;
  /** Whether the answer is running. */
  readonly isStreaming: boolean;
  /** Renders a part of the text. Only the last part grows. */
  readonly children: (part: string, isLast: boolean) => ReactNode;
}

/**
 * The text of an answer, with each call of a tool at its place. The calls load by themselves, and not with the messages, whose
 * query would cost too much. Those of a running answer come with its stream only: the response of a query may be older.
 */
export const ToolCalls = ({ children, ...props }: ToolCallsProps) => (
  <LoadBoundary loadingClass="mb-3 text-sm text-muted" meanwhile={children(props.text, true)}>
    {(fetchKey) => (
      <Loaded fetchKey={fetchKey} {...props}>
        {children}
      </Loaded>
    )}
  </LoadBoundary>
);

const Loaded = ({
  generationId,
  text,
  isStreaming,
  fetchKey,
  children,
}: ToolCallsProps & { readonly fetchKey: number }) => {
  const calls = useToolCalls(generationId, isStreaming ? 'store-only' : 'store-or-network', fetchKey);
  return placeCalls(text, calls).map((part) => (
    <Fragment key={part.end ?? 'last'}>
      {children(part.text, part.end === null)}
      {part.calls.length > 0 && (
        <ul aria-label={t`Calls of tools`} className="my-3 flex flex-col gap-1.5 first:mt-0">
          {part.calls.map((call) => (
            <ToolCallCard key={call.id} generationId={generationId} call={call} />
          ))}
        </ul>
      )}
    </Fragment>
  ));
};
