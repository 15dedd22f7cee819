import type { ReactNode } from 'react';
import { LanguageSelect } from '../language/LanguageSelect.tsx';
import { Logo } from '../ui/Logo.tsx';

export interface WelcomeFrameProps {
  readonly title: string;
  readonly text: string;
  readonly titleId?: string;
  readonly children?: ReactNode;
}

/** The frame of pages for visitors without a session: one form and nothing around it. */
export const WelcomeFrame = ({ title, text, titleId, children }: WelcomeFrameProps) => (
  <main className="flex min-h-full items-center justify-center bg-surface px-5 py-12">
    <div className="w-full max-w-[22rem]">
      <Logo className="mb-8 size-11" />
      <h1 id={titleId} className="text-2xl font-semibold tracking-tight">
        {title}
      </h1>
      <p className="mt-1.5 text-muted">{text}</p>
      {children}
      <LanguageSelect className="mt-8" />
    </div>
  </main>
);
