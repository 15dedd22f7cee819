import { isIP } from 'node:net';
import { z } from 'zod';
import { weaknessOf } from './accounts/passwordStrength.ts';
import { shortestSecret } from './accounts/secrets.ts';
import { keySetAlgorithms, ownIssuer, secretAlgorithms } from './accounts/tokenAlgorithms.ts';
import {
  type DocumentLimits,
  defaultDocumentLimits,
  documentLimitsForm,
  parseDocumentLimits,
} from './documentLimits.ts';
import { parseRates, type RateOfRole } from './limits/rate.ts';
import { parseTokens, type TokensOfRole } from './usage/quota.ts';

const wholeNumber = (least: number, most: number, unit: string) =>
  z
    .string()
    .refine(
      (text) => /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most,
      `give a whole number from ${least} to ${most}${unit}`,
    )
    .transform(Number);

const port = wholeNumber(0, 65_535, '');

const onOrOff = z.enum(['on', 'off'], 'give on or off');

const isWebUrl = (text: string): boolean => {
  const url = URL.parse(text);
  return (
    url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && !url.username && !url.password
  );
};

const isOrigin = (text: string): boolean =>
  isWebUrl(text) && URL.parse(text)?.href === `${new URL(text).origin}/`;

const originsOf = (text: string) => text.split(',').map((origin) => new URL(origin.trim()).origin);

const list = (text: string) => text.split(',').map((part) => part.trim());

/** What `TRUST_PROXY` has words for. */
const networks: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

const isProxy = (text: string): boolean => {
  if (Object.hasOwn(networks, text)) return true;
  const [address = '', bits, ...rest] = text.split('/');
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return (
    rest.length === 0 && most > 0 && (bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= most))
  );
};

/** Whoever is between here and the provider could say who signs in, so it is https, or does not leave the machine. */
const isIssuer = (text: string): boolean => {
  const url = URL.parse(text);
  const isHere = url !== null && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return (
    url !== null &&
    !url.search &&
    !url.hash &&
    (url.protocol === 'https:' || (url.protocol === 'http:' && isHere))
  );
};

const tokenAlgorithms = `give ${keySetAlgorithms.join(', ')} with JWKS_URL, or ${secretAlgorithms.join(', ')}`;

const every = (isFit: (part: string) => boolean) => (text: string) => list(text).every(isFit);

const isModelPattern = (text: string): boolean => /^[\w.*-]+(?:[:/][\w.*-]+)*$/.test(text);

const limitsText = (limits: DocumentLimits): string =>
  Object.entries(limits)
    .map(([name, limit]) => `${name}=${limit}`)
    .join(',');

const noRates: RateOfRole = { ADMIN: null, MEMBER: null, VIEWER: null };

const ratesOf = (text: string): RateOfRole => parseRates(text) ?? noRates;

const rates = z
  .string()
  .refine(
    (text) => parseRates(text) !== null,
    'give a rate such as 10/1m, off, or by role MEMBER=10/1m,ADMIN=off',
  )
  .transform(ratesOf);

const noTokens: TokensOfRole = { ADMIN: null, MEMBER: null, VIEWER: null };

const tokens = z
  .string()
  .refine(
    (text) => parseTokens(text) !== null,
    'give a number of tokens, off, or by role MEMBER=100000,ADMIN=off',
  )
  .transform((text) => parseTokens(text) ?? noTokens);

export interface Variable<Schema extends z.ZodType> {
  readonly schema: Schema;
  /** As the README says it, in Markdown. */
  readonly default: string;
  readonly meaning: string;
  readonly secret?: true;
}

const variable = <Schema extends z.ZodType>(described: Variable<Schema>) => described;

/** Every variable there is. The README's table is printed from this one. */
export const configuration = {
  HOST: variable({
    schema: z.string().default('127.0.0.1'),
    default: '`127.0.0.1`',
    meaning: 'the address it listens on; `0.0.0.0` for every network',
  }),
  PORT: variable({ schema: port.default(8000), default: '`8000`', meaning: 'the port of the API' }),
  WEB_PORT: variable({
    schema: z
      .union([z.literal('off').transform(() => null), port], 'give a port from 0 to 65535, or off')
      .default(3000),
    default: '`3000`',
    meaning: 'the port of the web app; both ports serve everything; `off` for one port only',
  }),
  DATA_DIR: variable({
    schema: z.string().default('.data'),
    default: '`.data`',
    meaning: 'the folder of the embedded store, the secrets and the downloaded models',
  }),
  ADMIN_PASSWORD: variable({
    schema: z
      .string()
      .superRefine((password, { addIssue }) => {
        const weakness = weaknessOf(password, ['admin']);
        if (weakness === null) return;
        const message = `it ${weakness}. Choose another one, or leave it out: then one is made up, and printed once`;
        addIssue({ code: 'custom', message });
      })
      .nullable()
      .default(null),
    default: 'made up and printed once',
    meaning: 'the password of `admin`, when the first start creates it: 12 characters or more',
    secret: true,
  }),
  OLLAMA_URL: variable({
    schema: z
      .string()
      .refine((text) => text === 'embedded' || every(isWebUrl)(text), 'give http://host:port, or embedded')
      .transform((text) => (text === 'embedded' ? ('embedded' as const) : list(text)))
      .nullable()
      .default(null),
    default: 'a local Ollama if one answers, else the embedded engine',
    meaning:
      'the address of Ollama, or several by comma, which share the work; `embedded` forces the embedded engine',
  }),
  OLLAMA_NUM_PARALLEL: variable({
    schema: wholeNumber(1, 64, '').default(4),
    default: '`4`',
    meaning:
      'how many answers the engine computes side by side, each Ollama where there are several; the same as Ollama itself is set to',
  }),
  MODEL_PATH: variable({
    schema: z.string().nullable().default(null),
    default: 'SmolLM2-135M-Instruct, found or downloaded',
    meaning: "the embedded engine's model, a GGUF file",
  }),
  DEFAULT_MODEL: variable({
    schema: z.string().nullable().default(null),
    default: 'the first installed of `llama3.2`, then any',
    meaning: 'the model that answers when none is asked for',
  }),
  MODEL_FALLBACK: variable({
    schema: z.string().nullable().default(null),
    default: 'the model at hand with the embedded engine, else none',
    meaning:
      'the model that answers for `llama3.2`, `mistral` and `codellama:7b` where they are not installed',
  }),
  MONGODB_URL: variable({
    schema: z
      .string()
      .regex(/^mongodb(\+srv)?:\/\//, 'give mongodb://host:27017/database, or mongodb+srv://')
      .nullable()
      .default(null),
    default: 'the embedded store, in `DATA_DIR`',
    meaning: 'the MongoDB that replicas share, with `REDIS_URL`',
    secret: true,
  }),
  REDIS_URL: variable({
    schema: z
      .string()
      .regex(
        /^rediss?(\+(sentinel|cluster))?:\/\//,
        'give redis://host:6379, rediss:// for TLS, redis+sentinel://host,host/master or redis+cluster://host,host',
      )
      .nullable()
      .default(null),
    default: 'none: one process',
    meaning: 'the Redis between replicas, 6.2 or newer, with `MONGODB_URL`',
    secret: true,
  }),
  WORKER: variable({
    schema: onOrOff.default('on').transform((text) => text === 'on'),
    default: '`on`',
    meaning: '`off`: this replica answers people and programs, and leaves generations to the others',
  }),
  JWT_SECRET: variable({
    schema: z
      .string()
      .refine(
        (text) => Buffer.byteLength(text) >= shortestSecret,
        `give ${shortestSecret} bytes or more, such as the output of: openssl rand -base64 48`,
      )
      .nullable()
      .default(null),
    default: 'made at the first start and kept in `DATA_DIR`',
    meaning:
      'what signs the tokens of sessions, and where `JWT_ISSUER` is set without `JWKS_URL`, the secret shared with that service; the same for all replicas, unless they share `DATA_DIR`',
    secret: true,
  }),
  JWKS_URL: variable({
    schema: z
      .string()
      .refine(isWebUrl, 'give the http or https URL of a JSON Web Key Set, without a password in it')
      .nullable()
      .default(null),
    default: 'none: the tokens of `JWT_ISSUER` are signed with `JWT_SECRET`',
    meaning:
      'where the issuer whose tokens are believed publishes its keys; they are fetched again as it changes them, and go on working for a day while it is away',
  }),
  JWT_ISSUER: variable({
    schema: z
      .string()
      .refine((text) => text !== ownIssuer, `give another name: ${ownIssuer} is what our own tokens say`)
      .nullable()
      .default(null),
    default: "none: nobody's tokens but our own are believed",
    meaning: 'whose tokens are believed beside our own, to the letter: their `iss`',
  }),
  JWT_AUDIENCE: variable({
    schema: z.string().nullable().default(null),
    default: 'none',
    meaning: 'for whom those tokens have to be: their `aud`, or one of them',
  }),
  JWT_ALGORITHMS: variable({
    schema: z
      .string()
      .transform(list)
      .pipe(z.array(z.enum([...secretAlgorithms, ...keySetAlgorithms], tokenAlgorithms)))
      .nullable()
      .default(null),
    default: '`RS256,ES256,EdDSA` with `JWKS_URL`, `HS256` without',
    meaning: 'by what those tokens may be signed, by comma',
  }),
  JWT_LEEWAY_S: variable({
    schema: wholeNumber(0, 300, ' (seconds)').default(30),
    default: '`30`',
    meaning: "how much the issuer's clock may differ from ours, in seconds",
  }),
  JWT_ROLES_CLAIM: variable({
    schema: z.string().nullable().default(null),
    default: 'none: who comes first is a member, and roles are given here',
    meaning:
      'the claim that names the roles `admin`, `member` and `viewer`, with dots for parts of it (`realm_access.roles`): it then decides with each token, and who has none is a viewer',
  }),
  PUBLIC_URL: variable({
    schema: z
      .string()
      .refine(isOrigin, 'give scheme, host and port alone, such as https://chat.example.org')
      .transform((text) => new URL(text).origin)
      .nullable()
      .default(null),
    default: 'none',
    meaning:
      'where browsers reach it through a proxy; with `https` the session cookie is for secure connections only',
  }),
  TRUST_PROXY: variable({
    schema: z
      .string()
      .refine(
        every(isProxy),
        'give IP addresses or networks by comma, such as 10.0.0.5,10.1.0.0/16, or the words loopback and private',
      )
      .transform((text) => list(text).flatMap((part) => networks[part] ?? [part]))
      .default([]),
    default: 'none',
    meaning:
      'the proxies in front of it, whose `X-Forwarded-For` says where a request comes from: IP addresses or networks by comma, `loopback`, `private`. Without it all requests through a proxy count as from one address',
  }),
  OIDC_ISSUER: variable({
    schema: z
      .string()
      .refine(
        isIssuer,
        'give the https URL of the provider, without /.well-known/…; http only on this machine',
      )
      .nullable()
      .default(null),
    default: 'none',
    meaning: 'the OpenID Connect provider that people may sign in with',
  }),
  OIDC_CLIENT_ID: variable({
    schema: z.string().nullable().default(null),
    default: 'none',
    meaning: 'what this service is called at the provider',
  }),
  OIDC_CLIENT_SECRET: variable({
    schema: z.string().nullable().default(null),
    default: 'none',
    meaning: 'what it shows to the provider',
    secret: true,
  }),
  OIDC_SCOPES: variable({
    schema: z
      .string()
      .refine(
        (text) => text.split(/\s+/).includes('openid'),
        'give scopes with spaces between them, openid among them',
      )
      .default('openid profile email'),
    default: '`openid profile email`',
    meaning: 'what is asked of the provider',
  }),
  OIDC_ROLES_CLAIM: variable({
    schema: z.string().nullable().default(null),
    default: 'none: who comes first is a member, and roles are given here',
    meaning:
      'the claim that names the roles `admin`, `member` and `viewer`, with dots for parts of it (`realm_access.roles`): it then decides at each sign-in, and who has none is a viewer',
  }),
  OIDC_NAME: variable({
    schema: z.string().max(40, 'give 40 characters at most').default('single sign-on'),
    default: '`single sign-on`',
    meaning: 'what the sign-in page calls the provider',
  }),
  CORS_ORIGINS: variable({
    schema: z
      .string()
      .refine(
        every(isOrigin),
        'give origins by comma, such as https://a.example,https://b.example (* is not taken: it would let every site act for who is signed in)',
      )
      .transform(originsOf)
      .default([]),
    default: 'none',
    meaning: 'other web origins that may call, by comma',
  }),
  INTROSPECTION: variable({
    schema: z.enum(['on', 'signed-in', 'off'], 'give on, signed-in or off').nullable().default(null),
    default: '`signed-in` in production, else `on`',
    meaning: 'who may ask GraphQL for its schema: everyone, who is signed in, nobody',
  }),
  GRAPHIQL: variable({
    schema: onOrOff
      .transform((text) => text === 'on')
      .nullable()
      .default(null),
    default: '`on`, but `off` with `PERSISTED_ONLY=on`',
    meaning: 'whether a browser that opens `/graphql` gets GraphiQL',
  }),
  PERSISTED_ONLY: variable({
    schema: onOrOff.default('off').transform((text) => text === 'on'),
    default: '`off`',
    meaning: '`on`: GraphQL answers known documents alone, those of the web app and of `PERSISTED_DOCUMENTS`',
  }),
  PERSISTED_DOCUMENTS: variable({
    schema: z
      .string()
      .refine(
        every((path) => path !== ''),
        'give paths of JSON files by comma',
      )
      .transform(list)
      .default([]),
    default: 'none',
    meaning: 'JSON files of further known documents, text by id, by comma',
  }),
  DOCUMENT_LIMITS: variable({
    schema: z
      .string()
      .refine((text) => parseDocumentLimits(text) !== null, documentLimitsForm)
      .transform((text) => parseDocumentLimits(text) ?? defaultDocumentLimits)
      .default(defaultDocumentLimits),
    default: `\`${limitsText(defaultDocumentLimits)}\``,
    meaning:
      'what a GraphQL document may have, over HTTP, SSE and sockets: levels of fields, aliases, directives, tokens of its text, fields that its answer could have; those not named stay as they are',
  }),
  MODELS_ALLOWED: variable({
    schema: z
      .string()
      .refine(every(isModelPattern), 'give names of models by comma, such as llama3.2,qwen3:*')
      .transform(list)
      .nullable()
      .default(null),
    default: 'all that are installed',
    meaning:
      'the models that people see, may ask and administrators may fetch, by comma; a name without a tag means all its tags, `*` any characters but `/`',
  }),
  FLUSH_MS: variable({
    schema: wholeNumber(0, 1000, ' (milliseconds)').default(16),
    default: '`16`',
    meaning: 'how long the tokens of an answer are gathered before they are sent, in milliseconds',
  }),
  DRAIN_S: variable({
    schema: wholeNumber(0, 3600, ' (seconds)').default(30),
    default: '`30`',
    meaning: 'how long running answers may go on when it is told to stop, in seconds',
  }),
  ENGINE_TIMEOUT_S: variable({
    schema: wholeNumber(1, 86_400, ' (seconds)').default(120),
    default: '`120`',
    meaning: 'how long the engine may be silent before an answer fails, in seconds',
  }),
  QUEUE_TTL_S: variable({
    schema: wholeNumber(1, 86_400, ' (seconds)').default(600),
    default: '`600`',
    meaning: 'how long a generation may wait in the queue, in seconds',
  }),
  RATE_LIMIT: variable({
    schema: rates.default(ratesOf('10/1m')),
    default: '`10/1m`',
    meaning:
      'how many answers a user may ask for in how long (`s`, `m`, `h`, `d`); `off`, or by role: `MEMBER=10/1m,ADMIN=off`',
  }),
  RUNNING_LIMIT: variable({
    schema: z
      .union(
        [z.literal('off').transform(() => null), wholeNumber(1, 100, '')],
        'give a number from 1 to 100, or off',
      )
      .default(2),
    default: '`2`',
    meaning: 'how many answers may wait and run for one user at once; `off` for any number',
  }),
  QUOTA_DAY: variable({
    schema: tokens.default(noTokens),
    default: '`off`',
    meaning:
      'how many tokens a user may use in a day of UTC, prompts and answers together: `100000`, or by role: `MEMBER=100000,ADMIN=off`',
  }),
  QUOTA_MONTH: variable({
    schema: tokens.default(noTokens),
    default: '`off`',
    meaning: 'the same in a calendar month',
  }),
  REQUEST_LIMIT: variable({
    schema: rates.default(ratesOf('600/1m')),
    default: '`600/1m`',
    meaning: 'how many requests, and operations on sockets, a user or an API key may send; as `RATE_LIMIT`',
  }),
  ADDRESS_LIMIT: variable({
    schema: rates.default(ratesOf('300/1m')).transform(({ MEMBER }) => MEMBER),
    default: '`300/1m`',
    meaning: 'how many requests may come from an address that nobody is signed in from; or `off`',
  }),
  CACHE_TTL_S: variable({
    schema: wholeNumber(0, 31_536_000, ' (seconds)').default(86_400),
    default: '`86400`',
    meaning:
      'how long an answer is kept for the same question with temperature 0 or a seed, in seconds; `0`: every answer is computed',
  }),
  CACHE_SHARED: variable({
    schema: z
      .enum(['on', 'off'], 'give on or off')
      .default('off')
      .transform((text) => text === 'on'),
    default: '`off`',
    meaning: '`on`: users also get answers that others asked for; they see then that somebody asked the same',
  }),
  METRICS_TOKEN: variable({
    schema: z.string().min(16, 'give 16 characters or more').nullable().default(null),
    default: 'none: for this machine alone',
    meaning: 'the bearer token that `/metrics` (Prometheus) asks for',
    secret: true,
  }),
  NODE_ENV: variable({
    schema: z
      .enum(['production', 'development', 'test'], 'give production, development or test')
      .default('production'),
    default: '`production` for `npm start`',
    meaning: '`development` reads the built web app afresh for each request',
  }),
  LOG_LEVEL: variable({
    schema: z
      .enum(
        ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
        'give fatal, error, warn, info, debug, trace or silent',
      )
      .default('info'),
    default: '`info`',
    meaning: 'the least that is logged, as JSON lines on standard output',
  }),
} as const;

/** The README's table, in Markdown. */
export const configurationTable = (): string => {
  const rows = Object.entries(configuration).map(
    ([name, { default: value, meaning }]) => `| \`${name}\` | ${value} | ${meaning} |`,
  );
  return ['| variable | default | meaning |', '| --- | --- | --- |', ...rows, ''].join('\n');
};
