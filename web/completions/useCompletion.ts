import { t } from '@lingui/core/macro';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useAllowance } from '../limits/AllowanceProvider.tsx';
import { messageOf, RequestFailure } from '../relay/failure.ts';
import { useSignInAgain } from '../session/useSignInAgain.ts';
import { useAnnounce } from '../ui/Announcer.tsx';
import type { Complete, CompletionRequest, CompletionUsage } from './completion.ts';

export interface CompletionState {
  readonly status: 'idle' | 'running' | 'done' | 'stopped' | 'failed';
  /** The requested model. */
  readonly asked: string;
  /** The model that answers; null until it is known. */
  readonly model: string | null;
  readonly text: string;
  readonly thinking: string;
  readonly used: CompletionUsage | null;
  readonly problem: string | null;
}

const idle: CompletionState = {
  status: 'idle',
  asked: '',
  model: null,
  text: '',
  thinking: '',
  used: null,
  problem: null,
};

/** Runs one completion at a time. Leaving the page stops it. */
export const useCompletion = (complete: Complete) => {
  const [completion, setCompletion] = useState(idle);
  const running = useRef<AbortController | null>(null);
  const signInAgain = useSignInAgain();
  const announce = useAnnounce();
  const { refused, refresh } = useAllowance();
  useEffect(() => () => running.current?.abort(), []);

  const generate = useCallback(
    async (request: CompletionRequest) => {
      running.current?.abort();
      const controller = new AbortController();
      running.current = controller;
      setCompletion({ ...idle, status: 'running', asked: request.model });
      try {
        for await (const { model, text, thinking, used } of complete(request, controller.signal)) {
          setCompletion((current) => ({
            ...current,
            model,
            text: current.text + text,
            thinking: current.thinking + thinking,
            used,
          }));
        }
        setCompletion((current) => ({ ...current, status: 'done' }));
        announce(t`The answer is finished.`);
      } catch (error) {
        if (controller.signal.aborted) {
          if (running.current === controller) setCompletion((current) => ({ ...current, status: 'stopped' }));
          return;
        }
        if (error instanceof RequestFailure && error.code === 'UNAUTHENTICATED') signInAgain();
        if (refused(error)) setCompletion(idle);
        else setCompletion((current) => ({ ...current, status: 'failed', problem: messageOf(error) }));
      } finally {
        void refresh();
      }
    },
    [complete, signInAgain, announce, refused, refresh],
  );

  const stop = useCallback(() => running.current?.abort(), []);
  return { completion, generate, stop };
};
