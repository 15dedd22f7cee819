import { CopyButton } from './CopyButton.tsx';

export interface SecretTextProps {
  readonly label: string;
  readonly text: string;
  readonly copyLabel: string;
}

/** A secret that is shown only once, in one line, to be copied. */
export const SecretText = ({ label, text, copyLabel }: SecretTextProps) => (
  <div className="flex items-center gap-1 rounded-lg border border-line-strong bg-canvas py-1 ps-3 pe-1">
    <input
      aria-label={label}
      value={text}
      readOnly
      onFocus={(event) => event.target.select()}
      className="min-w-0 flex-1 truncate bg-transparent font-mono text-sm outline-none"
    />
    <CopyButton text={text} label={copyLabel} />
  </div>
);
