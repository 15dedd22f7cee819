import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import { ConfigError } from '../config/read.ts';

const names = ['always_on', 'always_off', 'traceidratio'] as const;

/** Returns the sampler of OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG; default: all, or as the caller decided. */
export const samplerOf = (environment: Readonly<Record<string, string | undefined>>): Sampler => {
  const given = environment.OTEL_TRACES_SAMPLER || 'parentbased_always_on';
  const isParentBased = given.startsWith('parentbased_');
  const name = given.replace(/^parentbased_/, '');
  if (!names.some((known) => known === name)) {
    const known = [...names, ...names.map((one) => `parentbased_${one}`)].join(', ');
    throw new ConfigError(
      `OTEL_TRACES_SAMPLER=${JSON.stringify(given)} can't be used: give one of ${known}.`,
    );
  }
  const root = rootSampler(name, environment.OTEL_TRACES_SAMPLER_ARG);
  return isParentBased ? new ParentBasedSampler({ root }) : root;
};

const rootSampler = (name: string, argument: string | undefined): Sampler => {
  if (name === 'always_on') return new AlwaysOnSampler();
  if (name === 'always_off') return new AlwaysOffSampler();
  const ratio = argument ? Number(argument) : 1;
  if (!(ratio >= 0 && ratio <= 1)) {
    throw new ConfigError(`OTEL_TRACES_SAMPLER_ARG=${JSON.stringify(argument)} can't be used: give 0 to 1.`);
  }
  return new TraceIdRatioBasedSampler(ratio);
};
