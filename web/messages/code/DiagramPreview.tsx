import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useEffect, useRef, useState } from 'react';
import { serverAddress } from '../../relay/basePath.ts';
import { Problem } from '../../ui/Problem.tsx';
import { isDark } from '../../ui/theme.ts';
import { framePage } from './framePage.ts';

/** The bounds of the frame's height, in pixels: what the frame says about its content is not trusted. */
const minHeight = 80;
const maxHeight = 1_200;
/** The longest shown error, in characters. */
const maxErrorLength = 1_000;
/** How long the loaded frame may take to say that its scripts run, in ms. */
const readyMs = 5_000;

const unloaded = () =>
  t`The diagram could not be loaded. Close the preview, and open it again when you are online.`;

const absolute = (path: string): string => new URL(path, document.baseURI).href;

/**
 * Draws a Mermaid diagram. The library runs in a sandboxed frame with an opaque origin, which loads that one script and
 * reaches nothing else: a diagram that breaks out of the library finds neither the app nor the network.
 */
export const DiagramPreview = ({ code }: { code: string }) => {
  const frame = useRef<HTMLIFrameElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [dark] = useState(isDark);
  const [page, setPage] = useState<string | null>(null);
  const [height, setHeight] = useState(minHeight * 2);
  const [problem, setProblem] = useState<string | null>(null);
  const [isDrawn, setDrawn] = useState(false);
  useEffect(() => {
    import('mermaid/dist/mermaid.min.js?url').then(
      ({ default: library }) =>
        setPage(framePage('', [absolute(library), absolute(serverAddress('/diagram.js'))], dark)),
      () => setProblem(unloaded()),
    );
    return () => clearTimeout(timer.current);
  }, [dark]);
  useEffect(() => {
    const onMessage = ({ source, data }: MessageEvent<unknown>) => {
      const sandbox = frame.current?.contentWindow;
      if (!sandbox || source !== sandbox) return;
      const said = data as { kind?: unknown; height?: unknown; text?: unknown } | null;
      clearTimeout(timer.current);
      if (said?.kind === 'ready') {
        // An opaque origin can't be named as the target.
        sandbox.postMessage({ code, dark }, '*');
      } else if (said?.kind === 'drawn') {
        const asked = Number(said.height);
        if (Number.isFinite(asked)) setHeight(Math.min(Math.max(asked, minHeight), maxHeight));
        setDrawn(true);
      } else if (said?.kind === 'failed') {
        const reason = String(said.text).slice(0, maxErrorLength);
        setProblem(t`This diagram has an error. ${reason}`);
      }
    };
    window.addEventListener('message', onMessage);
    return () => window.removeEventListener('message', onMessage);
  }, [code, dark]);
  if (problem !== null) return <Problem>{problem}</Problem>;
  return (
    <>
      {!isDrawn && (
        <p role="status" className="code-preview-note">
          <Trans>Drawing the diagram…</Trans>
        </p>
      )}
      {page !== null && (
        <iframe
          ref={frame}
          title={t`Diagram`}
          sandbox="allow-scripts"
          referrerPolicy="no-referrer"
          srcDoc={page}
          style={{ height }}
          onLoad={() => {
            clearTimeout(timer.current);
            if (!isDrawn) timer.current = setTimeout(() => setProblem(unloaded()), readyMs);
          }}
          className="code-preview"
        />
      )}
    </>
  );
};
