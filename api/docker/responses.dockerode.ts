import type { DockerContainer } from './command.ts';
import { megabytes, oneLine } from './output.dockerode.ts';

// What the Engine answers, as far as commands use it, and the texts that are shown of it. See
// https://docs.docker.com/reference/api/engine/.

export interface Listed {
  readonly Id?: unknown;
  readonly Names?: readonly unknown[];
  readonly Image?: unknown;
  readonly ImageID?: unknown;
  readonly State?: unknown;
  readonly Status?: unknown;
}

export interface ListedImage {
  readonly Id?: unknown;
  readonly RepoTags?: readonly unknown[] | null;
  readonly Size?: unknown;
}

export interface Inspected {
  readonly Id?: unknown;
  readonly Name?: unknown;
  readonly Created?: unknown;
  readonly RestartCount?: unknown;
  readonly Config?: {
    readonly Image?: unknown;
    readonly Tty?: unknown;
    readonly ExposedPorts?: object | null;
  };
  readonly State?: Readonly<Record<string, unknown>>;
  readonly HostConfig?: Readonly<Record<string, unknown>>;
  readonly NetworkSettings?: { readonly Networks?: object | null; readonly Ports?: unknown };
  readonly Mounts?: readonly Readonly<Record<string, unknown>>[];
}

export interface Stats {
  readonly cpu_stats?: Cpu;
  readonly precpu_stats?: Cpu;
  readonly memory_stats?: { readonly usage?: number; readonly limit?: number };
  readonly pids_stats?: { readonly current?: number };
  readonly networks?: Readonly<Record<string, { readonly rx_bytes?: number; readonly tx_bytes?: number }>>;
}

interface Cpu {
  readonly cpu_usage?: { readonly total_usage?: number };
  readonly system_cpu_usage?: number;
  readonly online_cpus?: number;
}

export const containerOf = ({ Id, Name, Config, State }: Inspected): DockerContainer => ({
  id: String(Id),
  name: oneLine(Name).replace(/^\//, ''),
  image: oneLine(Config?.Image),
  state: oneLine(State?.Status),
});

/** Returns a container's own name. The names that links give it have a second slash. */
export const ownNameOf = (names: readonly unknown[] = []): string => {
  const all = names.map((each) => String(each).replace(/^\//, ''));
  return oneLine(all.find((each) => !each.includes('/')) ?? all[0]);
};

/**
 * Labels, environment, command, health checks and the error of the last start are left out: they often hold secrets. Such an
 * error repeats the command.
 */
export const shownOf = (inspected: Inspected) => {
  const { State = {}, HostConfig = {}, NetworkSettings, Mounts = [], Config } = inspected;
  const pick = (from: Readonly<Record<string, unknown>>, names: readonly string[]) =>
    Object.fromEntries(names.flatMap((name) => (name in from ? [[name, from[name]]] : [])));
  const state = ['Status', 'ExitCode', 'OOMKilled', 'StartedAt', 'FinishedAt'];
  const { id, name, image } = containerOf(inspected);
  return {
    id,
    name,
    image,
    created: inspected.Created,
    restartCount: inspected.RestartCount,
    state: pick(State, state),
    health: (State.Health as { readonly Status?: unknown } | undefined)?.Status,
    limits: pick(HostConfig, ['RestartPolicy', 'Memory', 'NanoCpus', 'PidsLimit', 'Privileged']),
    ports: NetworkSettings?.Ports ?? Config?.ExposedPorts,
    networks: Object.keys(NetworkSettings?.Networks ?? {}),
    mounts: Mounts.map((mount) => pick(mount, ['Type', 'Name', 'Destination', 'RW'])),
  };
};

export const statsText = ({ cpu_stats, precpu_stats, memory_stats, pids_stats, networks }: Stats): string => {
  const used = (cpu_stats?.cpu_usage?.total_usage ?? 0) - (precpu_stats?.cpu_usage?.total_usage ?? 0);
  const system = (cpu_stats?.system_cpu_usage ?? 0) - (precpu_stats?.system_cpu_usage ?? 0);
  const cpu = system > 0 ? (used / system) * (cpu_stats?.online_cpus ?? 1) * 100 : 0;
  const sum = (name: 'rx_bytes' | 'tx_bytes') =>
    Object.values(networks ?? {}).reduce((total, each) => total + (each[name] ?? 0), 0);
  return [
    `CPU: ${cpu.toFixed(1)} %`,
    `Memory: ${megabytes(memory_stats?.usage)} of ${megabytes(memory_stats?.limit)}`,
    `Processes: ${pids_stats?.current ?? 0}`,
    `Network: ${megabytes(sum('rx_bytes'))} received, ${megabytes(sum('tx_bytes'))} sent`,
  ].join('\n');
};
