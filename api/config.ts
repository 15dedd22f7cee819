import type { z } from 'zod';
import { keySetAlgorithms, secretAlgorithms } from './accounts/tokenAlgorithms.ts';
import { configuration, type Variable } from './configuration.ts';
import type { DocumentLimits } from './documentLimits.ts';
import type { Rate, RateOfRole } from './limits/rate.ts';
import { StartupError } from './startupError.ts';
import type { TokensOfRole } from './usage/quota.ts';

/** A variable that can't be used. The message is one line: which, its value unless that is secret, what to do. */
export class ConfigError extends StartupError {
  override readonly name = 'ConfigError';
}

type Configuration = typeof configuration;
type Environment = Readonly<Record<string, string | undefined>>;

type Value<Name extends keyof Configuration> = z.output<Configuration[Name]['schema']>;

/** All of it, or nothing. */
export interface OidcConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: string;
  readonly rolesClaim: string | null;
  readonly name: string;
  readonly publicUrl: string;
}

/** Whose tokens are believed beside our own, and how they are checked. All of it, or nothing. */
export interface TrustedIssuerConfig {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: { readonly secret: string } | { readonly jwksUrl: string };
  readonly algorithms: readonly string[];
  readonly leewayS: number;
  readonly rolesClaim: string | null;
}

export interface Config {
  readonly host: string;
  readonly port: number;
  /** Null: off. */
  readonly webPort: number | null;
  readonly dataDir: string;
  readonly adminPassword: string | null;
  /** Null: look for a local one. */
  readonly ollamaUrls: readonly string[] | 'embedded' | null;
  /** Requests that the engine runs side by side. */
  readonly slots: number;
  readonly modelPath: string | null;
  readonly defaultModel: string | null;
  readonly modelFallback: string | null;
  /** Set together with `redisUrl`, or both null: everything is in this process. */
  readonly mongodbUrl: string | null;
  readonly redisUrl: string | null;
  /** Whether this replica takes generations. */
  readonly worker: boolean;
  readonly jwtSecret: string | null;
  /** Null: nobody's tokens but our own are. */
  readonly trustedIssuer: TrustedIssuerConfig | null;
  /** An origin: no path, no slash at its end. */
  readonly publicUrl: string | null;
  /** IP addresses and networks. */
  readonly trustedProxies: readonly string[];
  /** Null: people sign in with passwords alone. */
  readonly oidc: OidcConfig | null;
  /** Origins. */
  readonly corsOrigins: readonly string[];
  readonly flushMs: number;
  readonly drainS: number;
  readonly engineTimeoutS: number;
  readonly queueTtlS: number;
  /** Generations of one user. */
  readonly rateLimit: RateOfRole;
  /** Generations of one user that may wait and run at once; null: any number. */
  readonly runningLimit: number | null;
  /** Tokens of one user. */
  readonly quotaDay: TokensOfRole;
  readonly quotaMonth: TokensOfRole;
  /** Requests of one user, or key. */
  readonly requestLimit: RateOfRole;
  /** Requests from one address that nobody is signed in from; null: any number. */
  readonly addressLimit: Rate | null;
  /** 0: every answer is computed. */
  readonly cacheTtlS: number;
  /** Whether users get answers that others asked for. */
  readonly cacheShared: boolean;
  /** Null: only this machine may read the metrics. */
  readonly metricsToken: string | null;
  readonly documentLimits: DocumentLimits;
  readonly persistedOnly: boolean;
  /** Paths. */
  readonly persistedDocuments: readonly string[];
  readonly introspection: 'on' | 'signed-in' | 'off';
  readonly graphiql: boolean;
  /** Patterns of names; null: every model that is installed. */
  readonly modelsAllowed: readonly string[] | null;
  readonly nodeEnv: Value<'NODE_ENV'>;
  readonly logLevel: Value<'LOG_LEVEL'>;
}

const isBlank = (text: string | undefined): text is undefined => text === undefined || text.trim() === '';

/** The variables of `first`, and those of `second` where `first` has none or a blank one. */
export const mergeEnvironments = (first: Environment, second: Environment): Environment => ({
  ...second,
  ...Object.fromEntries(Object.entries(first).filter(([, value]) => !isBlank(value))),
});

/** Pure. A blank variable counts as absent. Throws `ConfigError`. */
export const readConfig = (environment: Environment): Config => {
  const read: Read = (name) => {
    const { schema, secret }: Variable<z.ZodType> = configuration[name];
    const text = environment[name];
    const parsed = schema.safeParse(isBlank(text) ? undefined : secret ? text : text.trim());
    if (parsed.success) return parsed.data as Value<typeof name>;
    const shown = secret ? '' : `=${JSON.stringify(text)}`;
    throw new ConfigError(`${name}${shown} can't be used: ${parsed.error.issues[0]?.message}.`);
  };

  const nodeEnv = read('NODE_ENV');
  const persistedOnly = read('PERSISTED_ONLY');
  const config: Config = {
    host: read('HOST'),
    port: read('PORT'),
    webPort: read('WEB_PORT'),
    dataDir: read('DATA_DIR'),
    adminPassword: read('ADMIN_PASSWORD'),
    ollamaUrls: read('OLLAMA_URL'),
    slots: read('OLLAMA_NUM_PARALLEL'),
    modelPath: read('MODEL_PATH'),
    defaultModel: read('DEFAULT_MODEL'),
    modelFallback: read('MODEL_FALLBACK'),
    mongodbUrl: read('MONGODB_URL'),
    redisUrl: read('REDIS_URL'),
    worker: read('WORKER'),
    jwtSecret: read('JWT_SECRET'),
    trustedIssuer: trustedIssuerOf(read, environment),
    publicUrl: read('PUBLIC_URL'),
    trustedProxies: Object.freeze(read('TRUST_PROXY')),
    oidc: oidcOf(read, environment),
    corsOrigins: Object.freeze(read('CORS_ORIGINS')),
    flushMs: read('FLUSH_MS'),
    drainS: read('DRAIN_S'),
    engineTimeoutS: read('ENGINE_TIMEOUT_S'),
    queueTtlS: read('QUEUE_TTL_S'),
    rateLimit: read('RATE_LIMIT'),
    runningLimit: read('RUNNING_LIMIT'),
    quotaDay: read('QUOTA_DAY'),
    quotaMonth: read('QUOTA_MONTH'),
    requestLimit: read('REQUEST_LIMIT'),
    addressLimit: read('ADDRESS_LIMIT'),
    cacheTtlS: read('CACHE_TTL_S'),
    cacheShared: read('CACHE_SHARED'),
    metricsToken: read('METRICS_TOKEN'),
    introspection: read('INTROSPECTION') ?? (nodeEnv === 'production' ? 'signed-in' : 'on'),
    graphiql: read('GRAPHIQL') ?? !persistedOnly,
    persistedOnly,
    persistedDocuments: Object.freeze(read('PERSISTED_DOCUMENTS')),
    documentLimits: Object.freeze(read('DOCUMENT_LIMITS')),
    modelsAllowed: read('MODELS_ALLOWED'),
    nodeEnv,
    logLevel: read('LOG_LEVEL'),
  };
  checkTogether(config);
  return Object.freeze(config);
};

type Read = <Name extends keyof Configuration>(name: Name) => Value<Name>;

/** Throws `ConfigError` where a part of it is there and another is missing, which it names. */
const oidcOf = (read: Read, environment: Environment): OidcConfig | null => {
  const given = Object.keys(configuration).find(
    (name) => name.startsWith('OIDC_') && !isBlank(environment[name]),
  );
  if (given === undefined) return null;
  const needed = <Name extends 'OIDC_ISSUER' | 'OIDC_CLIENT_ID' | 'OIDC_CLIENT_SECRET' | 'PUBLIC_URL'>(
    name: Name,
  ) => {
    const value = read(name);
    if (value !== null) return value;
    throw new ConfigError(
      `${name} is missing: ${given} is set, and signing in with a provider needs OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET and PUBLIC_URL. Set them all, or no OIDC_ variable.`,
    );
  };
  return Object.freeze({
    issuer: needed('OIDC_ISSUER'),
    clientId: needed('OIDC_CLIENT_ID'),
    clientSecret: needed('OIDC_CLIENT_SECRET'),
    publicUrl: needed('PUBLIC_URL'),
    scopes: read('OIDC_SCOPES'),
    rolesClaim: read('OIDC_ROLES_CLAIM'),
    name: read('OIDC_NAME'),
  });
};

/** What says whose tokens are believed. `JWT_SECRET` alone signs our own. */
const ofTrustedIssuer = [
  'JWKS_URL',
  'JWT_ISSUER',
  'JWT_AUDIENCE',
  'JWT_ALGORITHMS',
  'JWT_LEEWAY_S',
  'JWT_ROLES_CLAIM',
] as const;

/** Throws `ConfigError` where a part of it is there and another is missing, or does not go with it. */
const trustedIssuerOf = (read: Read, environment: Environment): TrustedIssuerConfig | null => {
  const given = ofTrustedIssuer.find((name) => !isBlank(environment[name]));
  if (given === undefined) return null;
  const needed = (name: 'JWT_ISSUER' | 'JWT_AUDIENCE') => {
    const value = read(name);
    if (value !== null) return value;
    throw new ConfigError(
      `${name} is missing: ${given} is set, and to believe the tokens of another service takes JWT_ISSUER, JWT_AUDIENCE, and JWKS_URL or JWT_SECRET. Set them all, or leave ${given} out.`,
    );
  };
  const [issuer, audience] = [needed('JWT_ISSUER'), needed('JWT_AUDIENCE')];
  const [jwksUrl, secret] = [read('JWKS_URL'), read('JWT_SECRET')];
  const keys = jwksUrl === null ? secret && { secret } : { jwksUrl };
  if (!keys) {
    throw new ConfigError(
      `JWKS_URL is missing, or JWT_SECRET: ${given} is set, and without keys no token can be checked. Set JWKS_URL to where the issuer publishes its keys, or JWT_SECRET to the secret that you share with it.`,
    );
  }
  const possible: readonly string[] = 'secret' in keys ? secretAlgorithms : keySetAlgorithms;
  const algorithms = read('JWT_ALGORITHMS') ?? possible;
  const impossible = algorithms.find((algorithm) => !possible.includes(algorithm));
  if (impossible !== undefined) {
    throw new ConfigError(
      `JWT_ALGORITHMS can't be used: ${impossible} doesn't go with ${'secret' in keys ? 'JWT_SECRET' : 'JWKS_URL'}, which takes ${possible.join(', ')}.`,
    );
  }
  return Object.freeze({
    issuer,
    audience,
    keys,
    algorithms,
    leewayS: read('JWT_LEEWAY_S'),
    rolesClaim: read('JWT_ROLES_CLAIM'),
  });
};

/** What makes sense only with another variable. Throws `ConfigError`, which names the one that is missing. */
const checkTogether = ({ mongodbUrl, redisUrl, worker }: Config): void => {
  if (mongodbUrl !== null && redisUrl === null) {
    throw new ConfigError(
      'REDIS_URL is missing: MONGODB_URL is set, and replicas that share a store need Redis between them. Set both, or neither for one process.',
    );
  }
  if (redisUrl !== null && mongodbUrl === null) {
    throw new ConfigError(
      'MONGODB_URL is missing: REDIS_URL is set, and replicas that share Redis need one store. Set both, or neither for one process.',
    );
  }
  if (!worker && redisUrl === null) {
    throw new ConfigError(
      'REDIS_URL and MONGODB_URL are missing: WORKER=off leaves the answers to other replicas, and without these there are none.',
    );
  }
};
