import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { framePage } from './framePage.ts';

/**
 * Shows HTML or SVG of an answer in a sandboxed frame without any permission: its scripts don't run, and it reaches
 * neither the app nor the network.
 */
export const PagePreview = ({ code }: { code: string }) => (
  <>
    <iframe
      title={t`Preview`}
      sandbox=""
      referrerPolicy="no-referrer"
      srcDoc={framePage(code, [], false)}
      className="code-preview"
    />
    <p className="code-preview-note">
      <Trans>Scripts, forms and everything from the network are off in this preview.</Trans>
    </p>
  </>
);
