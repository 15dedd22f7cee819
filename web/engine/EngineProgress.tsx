import { t } from '@lingui/core/macro';
import { inPercent } from '../models/measures.ts';

/** `progress` is 0 to 1, or null while it isn't known. */
export const EngineProgress = ({ progress }: { progress: number | null }) => {
  const percent = progress === null ? null : Math.round(progress * 100);
  return (
    <div className="mt-6">
      <div
        role="progressbar"
        aria-label={t`Preparing`}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(percent !== null && { 'aria-valuenow': percent })}
        className="h-2 overflow-hidden rounded-full bg-sunken"
      >
        <div
          className={`h-full rounded-full bg-accent transition-[width] duration-500 ${percent === null ? 'w-1/3 animate-breathe' : ''}`}
          style={percent === null ? undefined : { width: `${percent}%` }}
        />
      </div>
      {progress !== null && <p className="mt-2 text-sm text-muted tabular-nums">{inPercent(progress)}</p>}
    </div>
  );
};
