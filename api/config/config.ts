import type { KeyObject } from 'node:crypto';
import type { ByRole } from '../access/byRole.ts';
import { type OidcConfig, oidcOf } from './oidc.ts';
import { ConfigError, type Environment, isBlank, type Read, readerOf, type Value } from './read.ts';
import { type TrustedIssuerConfig, trustedIssuerOf } from './trustedIssuer.ts';
import type { AttachmentFormat } from './values/attachmentFormats.ts';
import type { BucketConfig } from './values/bucket.ts';
import type { CallerLimits } from './values/callerLimits.ts';
import type { DockerAddress } from './values/dockerAddress.ts';
import type { DocumentLimits } from './values/documentLimits.ts';
import type { ModelAliases } from './values/modelAliases.ts';
import type { Rate } from './values/rate.ts';

export interface Config {
  readonly host: string;
  readonly port: number;
  /** Null: off. */
  readonly webPort: number | null;
  readonly dataDir: string;
  readonly adminPassword: string | null;
  /** Addresses of Ollamas, and with the prefix `openai+` of OpenAI-compatible servers. Null: look for a local Ollama. */
  readonly engineUrls: readonly string[] | 'embedded' | null;
  /** The API key of OpenAI-compatible servers. */
  readonly engineApiKey: string | null;
  /** Requests that the engine runs in parallel. */
  readonly slots: number;
  readonly modelPath: string | null;
  readonly defaultModel: string | null;
  /** In the order of preference; null: the default. */
  readonly modelFallback: readonly string[] | null;
  readonly modelAliases: ModelAliases;
  /** The maximum context that a request may ask for, in tokens. */
  readonly contextLimit: number;
  /** Set together with `redisUrl`; both null: everything is in this process. */
  readonly mongodbUrl: string | null;
  readonly redisUrl: string | null;
  /** Whether this replica takes generations. */
  readonly worker: boolean;
  /** Server processes on the same ports. `auto`: one for each core. */
  readonly workers: number | 'auto';
  readonly jwtSecret: string | null;
  /** Null: only our own tokens are accepted. */
  readonly trustedIssuer: TrustedIssuerConfig | null;
  /** Without a slash at its end. It has a path if the service is below one. */
  readonly publicUrl: string | null;
  /** IP addresses and networks. */
  readonly trustedProxies: readonly string[];
  /** Null: users sign in with passwords only. */
  readonly oidc: OidcConfig | null;
  /** Origins. */
  readonly corsOrigins: readonly string[];
  readonly flushMs: number;
  readonly drainS: number;
  /** Whether the model writes the titles of conversations. */
  readonly titles: boolean;
  readonly engineTimeoutS: number;
  readonly loadTimeoutS: number;
  readonly firstTokenTimeoutS: number;
  readonly toolCallTimeoutS: number;
  readonly pullTimeoutS: number;
  readonly pullVerifyTimeoutS: number;
  readonly queueTtlS: number;
  /** Generations per user. */
  readonly rateLimit: ByRole<Rate>;
  /** Generations of one user that may be queued or running at once; null: no limit. */
  readonly runningLimit: number | null;
  /** Tokens per user. */
  readonly quotaDay: ByRole<number>;
  readonly quotaMonth: ByRole<number>;
  /** Tokens that a new answer reserves for its text. */
  readonly quotaReserve: number;
  /** Bytes stored per user. */
  readonly storageLimit: ByRole<number>;
  /** Bytes of an attached file. */
  readonly attachmentLimit: ByRole<number>;
  /** Null: all formats. */
  readonly attachmentFormats: ByRole<readonly AttachmentFormat[]>;
  /** The bucket of attached files; null: they are in the store. */
  readonly attachmentBucket: BucketConfig | null;
  /** Tesseract's codes of languages; empty: no OCR. */
  readonly ocrLanguages: readonly string[];
  /** Conversations that one user may create or change. */
  readonly writeLimit: ByRole<Rate>;
  /** Requests per user or API key. */
  readonly requestLimit: ByRole<Rate>;
  /** Unauthenticated requests per address; null: no limit. */
  readonly addressLimit: Rate | null;
  /** The maximum resources in use by a caller at a time. */
  readonly callerLimits: CallerLimits;
  /** 0: no response cache. */
  readonly cacheTtlS: number;
  /** Whether users share cached answers. */
  readonly cacheShared: boolean;
  /** How many days without a change a conversation is kept; null: forever. */
  readonly conversationDays: ByRole<number>;
  /** Null: no Docker commands are run. */
  readonly dockerHost: DockerAddress | null;
  /** Patterns of names; null: all containers. */
  readonly dockerContainers: readonly string[] | null;
  /** The path of the file of tools; null: no tools. */
  readonly toolsFile: string | null;
  /** Null: audit log entries are kept forever. */
  readonly auditDays: number | null;
  /** Ed25519; null: no heads are signed. */
  readonly auditSigningKey: KeyObject | null;
  /** Whether the audit log stores prompts and answers. */
  readonly auditContent: boolean;
  /** Null: only this machine may read the metrics. */
  readonly metricsToken: string | null;
  readonly documentLimits: DocumentLimits;
  readonly persistedOnly: boolean;
  /** Paths. */
  readonly persistedDocuments: readonly string[];
  readonly introspection: 'on' | 'signed-in' | 'off';
  readonly graphiql: boolean;
  /** Maximum GraphQL operations in one request; 0: no batches. */
  readonly batchLimit: number;
  /** Patterns of model names; null: all installed models. */
  readonly modelsAllowed: readonly string[] | null;
  readonly nodeEnv: Value<'NODE_ENV'>;
  readonly logLevel: Value<'LOG_LEVEL'>;
}

/** Merges two environments: `second` fills in the variables that are absent or blank in `first`. */
export const mergeEnvironments = (first: Environment, second: Environment): Environment => ({
  ...second,
  ...Object.fromEntries(Object.entries(first).filter(([, value]) => !isBlank(value))),
});

/** Returns the addresses of all engines. Throws `ConfigError` for `embedded` beside others. */
const engineUrlsOf = (read: Read): Config['engineUrls'] => {
  const [ollamas, engines] = [read('OLLAMA_URL'), read('ENGINE_URL')];
  if (engines === null) return ollamas;
  if (ollamas === 'embedded') {
    throw new ConfigError("OLLAMA_URL=embedded can't be combined with ENGINE_URL: leave one of them out.");
  }
  return [...new Set([...(ollamas ?? []), ...engines])];
};

/** Returns the bucket of attached files; null if there is none. Throws `ConfigError` without credentials. */
const bucketOf = (read: Read): BucketConfig | null => {
  const address = read('ATTACHMENTS_URL');
  if (address === null) return null;
  const [region, accessKeyId, secretAccessKey] = [
    read('AWS_REGION'),
    read('AWS_ACCESS_KEY_ID'),
    read('AWS_SECRET_ACCESS_KEY'),
  ];
  if (accessKeyId === null || secretAccessKey === null) {
    throw new ConfigError(
      'AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is missing: ATTACHMENTS_URL is set, and the bucket needs both. Set them, or leave ATTACHMENTS_URL out.',
    );
  }
  const endpoint = address.endpoint ?? `https://s3.${region}.amazonaws.com/${address.bucket}`;
  return Object.freeze({ ...address, endpoint, region, accessKeyId, secretAccessKey });
};

/** Reads and checks the configuration. Pure; a blank variable counts as absent. Throws `ConfigError`. */
export const readConfig = (environment: Environment): Config => {
  const read = readerOf(environment);
  const nodeEnv = read('NODE_ENV');
  const persistedOnly = read('PERSISTED_ONLY');
  const config: Config = {
    host: read('HOST'),
    port: read('PORT'),
    webPort: read('WEB_PORT'),
    dataDir: read('DATA_DIR'),
    adminPassword: read('ADMIN_PASSWORD'),
    engineUrls: engineUrlsOf(read),
    engineApiKey: read('ENGINE_API_KEY'),
    slots: read('OLLAMA_NUM_PARALLEL'),
    modelPath: read('MODEL_PATH'),
    defaultModel: read('DEFAULT_MODEL'),
    modelFallback: read('MODEL_FALLBACK'),
    modelAliases: read('MODEL_ALIASES'),
    contextLimit: read('CONTEXT_LIMIT'),
    mongodbUrl: read('MONGODB_URL'),
    redisUrl: read('REDIS_URL'),
    worker: read('WORKER'),
    workers: read('WORKERS'),
    jwtSecret: read('JWT_SECRET'),
    trustedIssuer: trustedIssuerOf(read, environment),
    publicUrl: read('PUBLIC_URL'),
    trustedProxies: Object.freeze(read('TRUST_PROXY')),
    oidc: oidcOf(read, environment),
    corsOrigins: Object.freeze(read('CORS_ORIGINS')),
    flushMs: read('FLUSH_MS'),
    drainS: read('DRAIN_S'),
    titles: read('TITLES'),
    toolsFile: read('TOOLS_FILE'),
    engineTimeoutS: read('ENGINE_TIMEOUT_S'),
    loadTimeoutS: read('LOAD_TIMEOUT_S'),
    firstTokenTimeoutS: read('FIRST_TOKEN_TIMEOUT_S'),
    toolCallTimeoutS: read('TOOL_CALL_TIMEOUT_S'),
    pullTimeoutS: read('PULL_TIMEOUT_S'),
    pullVerifyTimeoutS: read('PULL_VERIFY_TIMEOUT_S'),
    queueTtlS: read('QUEUE_TTL_S'),
    rateLimit: read('RATE_LIMIT'),
    runningLimit: read('RUNNING_LIMIT'),
    quotaDay: read('QUOTA_DAY'),
    quotaMonth: read('QUOTA_MONTH'),
    quotaReserve: read('QUOTA_RESERVE'),
    storageLimit: read('STORAGE_LIMIT'),
    attachmentLimit: read('ATTACHMENT_LIMIT'),
    attachmentFormats: read('ATTACHMENT_FORMATS'),
    attachmentBucket: bucketOf(read),
    ocrLanguages: Object.freeze(read('OCR_LANGUAGES')),
    writeLimit: read('WRITE_LIMIT'),
    requestLimit: read('REQUEST_LIMIT'),
    addressLimit: read('ADDRESS_LIMIT'),
    callerLimits: Object.freeze(read('CALLER_LIMITS')),
    cacheTtlS: read('CACHE_TTL_S'),
    cacheShared: read('CACHE_SHARED'),
    conversationDays: read('CONVERSATION_DAYS'),
    dockerHost: read('DOCKER_HOST').address,
    dockerContainers: read('DOCKER_CONTAINERS'),
    auditDays: read('AUDIT_DAYS'),
    auditSigningKey: read('AUDIT_SIGNING_KEY'),
    auditContent: read('AUDIT_CONTENT'),
    metricsToken: read('METRICS_TOKEN'),
    introspection: read('INTROSPECTION') ?? (nodeEnv === 'production' ? 'signed-in' : 'on'),
    graphiql: read('GRAPHIQL') ?? !persistedOnly,
    batchLimit: read('BATCH_LIMIT'),
    persistedOnly,
    persistedDocuments: Object.freeze(read('PERSISTED_DOCUMENTS')),
    documentLimits: Object.freeze(read('DOCUMENT_LIMITS')),
    modelsAllowed: read('MODELS_ALLOWED'),
    nodeEnv,
    logLevel: read('LOG_LEVEL'),
  };
  checkCombinations(config);
  return Object.freeze(config);
};

/** Checks variables that need another one. Throws `ConfigError`, which names the missing one. */
const checkCombinations = ({ mongodbUrl, redisUrl, worker, workers, engineUrls }: Config): void => {
  if (workers !== 1 && redisUrl === null) {
    throw new ConfigError(
      `WORKERS=${workers} needs REDIS_URL and MONGODB_URL, through which the processes share their state. Set both, or leave WORKERS out.`,
    );
  }
  if (workers !== 1 && (engineUrls === null || engineUrls === 'embedded')) {
    throw new ConfigError(
      `WORKERS=${workers} needs engines in OLLAMA_URL or ENGINE_URL: with the embedded engine, each process would load the model. Set one of them, or leave WORKERS out.`,
    );
  }
  if (mongodbUrl !== null && redisUrl === null) {
    throw new ConfigError(
      'REDIS_URL is missing: MONGODB_URL is set, and replicas that share a store also need Redis. Set both, or neither for one process.',
    );
  }
  if (redisUrl !== null && mongodbUrl === null) {
    throw new ConfigError(
      'MONGODB_URL is missing: REDIS_URL is set, and replicas that share Redis also need one store. Set both, or neither for one process.',
    );
  }
  if (!worker && redisUrl === null) {
    throw new ConfigError(
      'REDIS_URL and MONGODB_URL are missing: WORKER=off leaves generations to other replicas, and without a shared MongoDB and Redis there are none.',
    );
  }
};
