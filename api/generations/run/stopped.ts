/** `handed over`: another replica continues the generation. */
export type StopReason = 'cancelled' | 'interrupted' | 'handed over';

/** The reason of a run's signal when it is stopped from outside. */
export class Stopped extends Error {
  readonly why: StopReason;

  constructor(why: StopReason) {
    super(why);
    this.why = why;
  }
}

/** Whether the signal of a run ends its answer, instead of handing it over. */
export const endsAnswer = ({ aborted, reason }: AbortSignal): boolean =>
  aborted && reason instanceof Stopped && reason.why !== 'handed over';
