import { CopyButton } from '../ui/CopyButton.tsx';

/** An address that is shown this once, to be copied. `path` is what comes after the web app's own address. */
export const SecretLink = ({ path }: { path: string }) => {
  const address = `${window.location.origin}${path}`;
  return (
    <div className="flex items-center gap-1 rounded-lg border border-line-strong bg-canvas py-1 pr-1 pl-3">
      <input
        aria-label="The address"
        value={address}
        readOnly
        onFocus={(event) => event.target.select()}
        className="min-w-0 flex-1 truncate bg-transparent font-mono text-sm outline-none"
      />
      <CopyButton text={address} label="Copy the address" />
    </div>
  );
};
