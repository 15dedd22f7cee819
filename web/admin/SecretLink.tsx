import { SecretText } from '../ui/SecretText.tsx';

/** An address that is shown this once, to be copied. `path` is what comes after the web app's own address. */
export const SecretLink = ({ path }: { path: string }) => (
  <SecretText label="The address" text={`${window.location.origin}${path}`} copyLabel="Copy the address" />
);
