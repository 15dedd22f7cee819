import { ChevronDown } from 'lucide-react';
import { type ComponentProps, useId } from 'react';

export interface SelectProps extends Omit<ComponentProps<'select'>, 'id'> {
  readonly label: string;
}

/** The browser's native select, which works best on phones, styled like our fields. */
export const Select = ({ label, className = '', children, ...props }: SelectProps) => {
  const id = useId();
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
        {label}
      </label>
      <div className="relative">
        <select
          id={id}
          className="h-11 w-full appearance-none truncate rounded-lg border border-line-strong bg-raised ps-3 pe-10 text-base focus-visible:border-accent focus-visible:outline-offset-0"
          {...props}
        >
          {children}
        </select>
        <ChevronDown
          size={17}
          aria-hidden="true"
          className="pointer-events-none absolute top-1/2 end-3 -translate-y-1/2 text-muted"
        />
      </div>
    </div>
  );
};
