import type { ReactNode } from 'react';
import { OpenSidebar } from './SidebarToggle.tsx';

export const PageHeader = ({ title, children }: { title?: string; children?: ReactNode }) => (
  <header className="flex h-14 shrink-0 items-center gap-1 px-2 md:px-5">
    <OpenSidebar />
    <div className="min-w-0 flex-1 px-1">
      {title && (
        <h1 dir="auto" className="truncate text-[0.9375rem] font-medium">
          {title}
        </h1>
      )}
    </div>
    {children}
  </header>
);
