import { t } from '@lingui/core/macro';
import { Eye, EyeOff } from 'lucide-react';
import { useId, useState } from 'react';
import type { FieldProps } from './Field.tsx';
import { IconButton } from './IconButton.tsx';

/** A field for a password, which can be shown. */
export const PasswordField = ({ label, className = '', ...props }: Omit<FieldProps, 'hint' | 'type'>) => {
  const id = useId();
  const [isShown, setShown] = useState(false);
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
        {label}
      </label>
      <div className="flex h-11 items-center rounded-lg border border-line-strong bg-raised pe-1 has-[input:focus-visible]:border-accent has-[input:focus-visible]:outline-2 has-[input:focus-visible]:outline-accent">
        <input
          id={id}
          type={isShown ? 'text' : 'password'}
          autoCapitalize="none"
          spellCheck={false}
          className="h-full min-w-0 flex-1 bg-transparent px-3 text-base outline-none placeholder:text-muted"
          {...props}
        />
        <IconButton
          icon={isShown ? EyeOff : Eye}
          label={isShown ? t`Hide characters` : t`Show characters`}
          aria-controls={id}
          onClick={() => setShown(!isShown)}
        />
      </div>
    </div>
  );
};
