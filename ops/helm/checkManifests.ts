import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseAllDocuments } from 'yaml';
import { variables } from '../../api/config/variables.ts';

/** Checks rendered manifests on standard input: what no schema knows. Exits with 1 and a line for each problem. */

type Labels = Readonly<Record<string, string>>;

interface Probe {
  readonly httpGet: { readonly path: string };
}

interface Container {
  readonly image: string;
  readonly args?: readonly unknown[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly envFrom?: unknown;
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly securityContext?: { readonly readOnlyRootFilesystem?: boolean };
}

interface PodTemplate {
  readonly metadata: { readonly labels: Labels };
  readonly spec: {
    readonly containers: readonly [Container];
    readonly terminationGracePeriodSeconds?: number;
    readonly securityContext?: { readonly runAsNonRoot?: boolean };
    readonly volumes?: readonly {
      readonly name: string;
      readonly persistentVolumeClaim?: { readonly claimName: string };
    }[];
  };
}

/** What the checks read of any manifest. */
interface Spec {
  /** Of workloads. */
  readonly template?: PodTemplate;
  readonly replicas?: number;
  /** Of a `CronJob`. */
  readonly jobTemplate?: { readonly spec: Spec };
  readonly concurrencyPolicy?: string;
  /** Labels of a `Service`, and an expression of others. */
  readonly selector?: Labels & { readonly matchLabels?: Labels };
  readonly podSelector?: { readonly matchLabels?: Labels };
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Spec;
}

const manifests: readonly Manifest[] = parseAllDocuments(await text(process.stdin))
  .map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS();
  })
  .filter((manifest) => manifest !== null);

const problems: string[] = [];
const check = (isRight: boolean, problem: string) => {
  if (!isRight) problems.push(problem);
};

const deployment = manifests.find(({ kind }) => kind === 'Deployment');
const pod = deployment?.spec.template?.spec;
const server = pod?.containers[0];
const env: Labels = Object.fromEntries((server?.env ?? []).map(({ name, value }) => [name, value]));

check(deployment !== undefined, 'there is no Deployment');
check(
  (pod?.terminationGracePeriodSeconds ?? 0) > Number(env.DRAIN_S) + 15,
  'the grace period is too short for DRAIN_S',
);
check(server?.securityContext?.readOnlyRootFilesystem === true, 'the file system of the server is writable');
check(pod?.securityContext?.runAsNonRoot === true, 'the server runs as root');
for (const [probe, path] of [
  ['startupProbe', '/health/startup'],
  ['livenessProbe', '/health/live'],
  ['readinessProbe', '/health/ready'],
] as const) {
  check(server?.[probe]?.httpGet.path === path, `the ${probe} of the server doesn't use ${path}`);
}
for (const [name, value] of Object.entries(env)) {
  const known = Object.entries(variables).find(([variable]) => variable === name)?.[1];
  check(
    known?.schema.safeParse(value).success === true,
    `${name}=${value} is no valid variable of the server`,
  );
}

/** Every selector finds the pods that it is meant for. */
const pods = manifests
  .filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')
  .map(({ spec }) => spec.template?.metadata.labels ?? {});
for (const { kind, metadata, spec } of manifests) {
  const selector: Labels | undefined =
    kind === 'Service' ? spec.selector : (spec.selector ?? spec.podSelector)?.matchLabels;
  if (!selector) continue;
  const found = pods.filter((labels) =>
    Object.entries(selector).every(([key, value]) => labels[key] === value),
  );
  check(found.length === 1, `${kind} ${metadata.name} selects ${found.length} kinds of pods`);
}

/** The jobs of backups run programs of this repository in the image of the server, one at a time, with its secrets. */
const cron = manifests.find(({ kind }) => kind === 'CronJob');
const jobs = [
  cron?.spec.jobTemplate?.spec,
  ...manifests.filter(({ kind }) => kind === 'Job').map(({ spec }) => spec),
].filter((job) => job !== undefined);
check(cron === undefined || cron.spec.concurrencyPolicy === 'Forbid', 'two backups can run at the same time');
const claims = manifests
  .filter(({ kind }) => kind === 'PersistentVolumeClaim')
  .map(({ metadata }) => metadata.name);
for (const job of jobs) {
  const spec = job.template?.spec;
  const { image, args = [], envFrom, securityContext } = spec?.containers[0] ?? {};
  const [program = '', ...options] = args.filter((word) => typeof word === 'string');
  const source = await readFile(new URL(`../../${program}`, import.meta.url), 'utf8').catch(() => '');
  check(source !== '', `there is no program ${program}`);
  for (const option of options.filter((word) => word.startsWith('--'))) {
    check(new RegExp(`\\b${option.slice(2)}: {`).test(source), `${program} has no option ${option}`);
  }
  check(image === server?.image, `${program} runs in another image than the server`);
  check(
    JSON.stringify(envFrom) === JSON.stringify(server?.envFrom),
    `${program} has other secrets than the server`,
  );
  check(securityContext?.readOnlyRootFilesystem === true, `the file system of ${program} is writable`);
  check(options.length + 1 === args.length, `${program} has an option that is no text`);
  const claim = spec?.volumes?.find(({ name }) => name === 'backups')?.persistentVolumeClaim;
  check(
    claims.length === 0 || claims.includes(claim?.claimName ?? ''),
    `${program} uses a volume that the chart doesn't create`,
  );
}

const ollama = manifests.find(({ kind }) => kind === 'StatefulSet');
if (ollama) {
  check(env.OLLAMA_URL?.split(',').length === ollama.spec.replicas, 'OLLAMA_URL does not name each Ollama');
  const parallel = ollama.spec.template?.spec.containers[0].env?.find(
    ({ name }) => name === 'OLLAMA_NUM_PARALLEL',
  );
  check(parallel?.value === env.OLLAMA_NUM_PARALLEL, 'Ollama and the server have different numbers of slots');
}

for (const problem of problems) process.stderr.write(`helm: ${problem}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;
