import { type ComponentProps, useId } from 'react';

export interface TextAreaFieldProps extends Omit<ComponentProps<'textarea'>, 'id'> {
  readonly label: string;
  readonly hint?: string;
}

export const TextAreaField = ({ label, hint, ...props }: TextAreaFieldProps) => {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
        {label}
      </label>
      <textarea
        id={id}
        dir="auto"
        aria-describedby={hint ? `${id}-hint` : undefined}
        className="block w-full resize-y rounded-lg border border-line-strong bg-raised px-3 py-2.5 text-base placeholder:text-muted focus-visible:border-accent focus-visible:outline-offset-0"
        {...props}
      />
      {hint && (
        <p id={`${id}-hint`} className="mt-1.5 text-sm text-muted">
          {hint}
        </p>
      )}
    </div>
  );
};
