import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Hand } from 'lucide-react';
import { useEffect } from 'react';
import { useAnnounce } from '../ui/Announcer.tsx';
import { Button } from '../ui/Button.tsx';
import { useToolCalls } from './useToolCalls.ts';
import { VisibleText } from './VisibleParts.tsx';
import { visibleText } from './visibleText.ts';

export interface WaitingCallsProps {
  /** The running answers. */
  readonly generationIds: readonly string[];
  /** Scrolls to a call. */
  readonly onShow: (callId: string) => void;
}

/** Says which calls wait for a decision, beside the button that stops the answer, wherever the reader has scrolled. */
export const WaitingCalls = ({ generationIds, onShow }: WaitingCallsProps) => (
  <div className="mx-auto flex w-full max-w-3xl flex-col gap-2 px-3 pb-2 empty:hidden md:px-5">
    {generationIds.map((id) => (
      <WaitingCall key={id} generationId={id} onShow={onShow} />
    ))}
  </div>
);

interface WaitingCallProps {
  readonly generationId: string;
  readonly onShow: (callId: string) => void;
}

/** Calls are made one after the other, so only one of an answer can wait. */
const WaitingCall = ({ generationId, onShow }: WaitingCallProps) => {
  // The stream of the answer brings them.
  const call = useToolCalls(generationId, 'store-only').find(({ viewerCanDecide }) => viewerCanDecide);
  const name = call ? visibleText(call.name) : null;
  const announce = useAnnounce();
  useEffect(() => {
    if (name !== null) announce(t`The model asks to call the tool ${name}.`);
  }, [name, announce]);
  if (!call) return null;
  return (
    <div className="flex items-center gap-2.5 rounded-lg bg-accent-soft px-3 py-2 text-sm text-accent">
      <Hand size={17} strokeWidth={1.9} aria-hidden="true" className="shrink-0" />
      <p className="min-w-0 flex-1 wrap-anywhere">
        <Trans>
          The answer waits for your decision on <VisibleText text={call.name} />.
        </Trans>
      </p>
      <Button onClick={() => onShow(call.id)}>
        <Trans comment="Scrolls to the calls of tools that wait for a decision">Show</Trans>
      </Button>
    </div>
  );
};
