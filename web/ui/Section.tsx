import { type ReactNode, useId } from 'react';

/** A section of a settings page: its title beside it, or above it on narrow screens. */
export const Section = ({ title, children }: { title: string; children: ReactNode }) => {
  const heading = useId();
  return (
    <section aria-labelledby={heading} className="grid gap-x-8 gap-y-3 py-7 md:grid-cols-[10rem_1fr]">
      <h2 id={heading} className="font-semibold">
        {title}
      </h2>
      <div className="min-w-0">{children}</div>
    </section>
  );
};
