/** Shows the lines of a small patch, without its headers. Added and removed lines keep their marks. */
export const Patch = ({ patch }: { patch: string }) => (
  <pre className="min-w-0 flex-1 overflow-x-auto px-1 font-mono text-sm leading-6">
    {linesOf(patch).map(({ number, text }) => (
      <span key={number} className={`block min-h-6 ${tones[text[0] ?? ' '] ?? ''}`}>
        {text}
      </span>
    ))}
  </pre>
);

const tones: Readonly<Record<string, string>> = {
  '+': 'bg-accent-soft',
  '-': 'bg-danger-soft',
};

/** Returns the lines after the header of the hunk, numbered. */
const linesOf = (patch: string): readonly { readonly number: number; readonly text: string }[] => {
  const lines = patch.trimEnd().split('\n');
  const start = lines.findIndex((line) => line.startsWith('@@')) + 1;
  return lines.slice(start).map((text, index) => ({ number: index, text }));
};
