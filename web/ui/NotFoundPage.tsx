import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Link } from 'react-router';
import { useTitle } from './useTitle.ts';

export const NotFoundPage = ({
  title = t`Page not found`,
  text = t`The address may be mistyped, or what was here has moved.`,
}: {
  title?: string;
  text?: string;
}) => {
  useTitle(title);
  return (
    <div className="flex h-full flex-col items-center justify-center px-6 text-center">
      <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
      <p className="mt-2 max-w-md text-muted text-balance">{text}</p>
      <Link to="/" className="mt-6 font-medium text-accent underline-offset-4 hover:underline">
        <Trans>Start a new chat</Trans>
      </Link>
    </div>
  );
};
