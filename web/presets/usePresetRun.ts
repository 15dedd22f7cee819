import { t } from '@lingui/core/macro';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useAllowance } from '../limits/AllowanceProvider.tsx';
import { messageOf, RequestFailure } from '../relay/failure.ts';
import { useSignInAgain } from '../session/useSignInAgain.ts';
import { useAnnounce } from '../ui/Announcer.tsx';
import { type FinishedRun, OutputInvalid, type RunPreset, type RunRequest } from './runPreset.ts';

export type RunState =
  | { readonly status: 'idle' | 'running' | 'stopped' }
  | { readonly status: 'done'; readonly run: FinishedRun }
  /** `text`: what the model wrote; null if it wrote nothing. */
  | { readonly status: 'failed'; readonly problem: string; readonly text: string | null };

/** Runs a preset, one run at a time. Leaving the page stops it. */
export const usePresetRun = (runPreset: RunPreset) => {
  const [state, setState] = useState<RunState>({ status: 'idle' });
  const running = useRef<AbortController | null>(null);
  const signInAgain = useSignInAgain();
  const announce = useAnnounce();
  const { refused, refresh } = useAllowance();
  useEffect(() => () => running.current?.abort(), []);

  const run = useCallback(
    async (request: RunRequest) => {
      running.current?.abort();
      const controller = new AbortController();
      running.current = controller;
      setState({ status: 'running' });
      try {
        const finished = await runPreset(request, controller.signal);
        setState({ status: 'done', run: finished });
        announce(t`The result is ready.`);
      } catch (error) {
        if (controller.signal.aborted) {
          if (running.current === controller) setState({ status: 'stopped' });
          return;
        }
        if (error instanceof RequestFailure && error.code === 'UNAUTHENTICATED') signInAgain();
        if (refused(error)) setState({ status: 'idle' });
        else if (error instanceof OutputInvalid)
          setState({ status: 'failed', problem: messageOf(error), text: error.text });
        else setState({ status: 'failed', problem: messageOf(error), text: null });
      } finally {
        void refresh();
      }
    },
    [runPreset, signInAgain, announce, refused, refresh],
  );

  const stop = useCallback(() => running.current?.abort(), []);
  return { state, run, stop };
};
