import { t } from '@lingui/core/macro';
import { serverAddress } from '../relay/basePath.ts';
import { SecretText } from '../ui/SecretText.tsx';

/** A link that is shown once, to be copied. `path` follows the web app's address. */
export const SecretLink = ({ path }: { path: string }) => (
  <SecretText
    label={t`The address`}
    text={`${window.location.origin}${serverAddress(path)}`}
    copyLabel={t`Copy the address`}
  />
);
