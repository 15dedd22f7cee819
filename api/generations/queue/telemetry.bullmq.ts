import { BullMQOtel } from 'bullmq-otel';
import { tracing } from '../../process/tracing.ts';
import { version } from '../../process/version.ts';

/** Returns the options with which BullMQ carries the trace of a request to the replica that runs its job; off: none. */
export const telemetry = () =>
  tracing.isOn ? { telemetry: new BullMQOtel({ tracerName: 'ziggie-llm', version }) } : {};
