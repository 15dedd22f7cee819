export const Logo = ({ className = 'size-7' }: { className?: string }) => (
  <svg viewBox="0 0 32 32" aria-hidden="true" className={className}>
    <rect width="32" height="32" rx="9" className="fill-accent" />
    <path
      d="M10 10.5h12L10 21.5h12"
      fill="none"
      className="stroke-accent-ink"
      strokeWidth="3"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  </svg>
);
