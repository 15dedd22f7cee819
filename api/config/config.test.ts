import { fileURLToPath } from 'node:url';
import { mergeEnvironments, readConfig } from './config.ts';
import { ConfigError } from './read.ts';
import { variablesTable } from './variables.ts';

const lineOf = (environment: Record<string, string>): string => {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('the configuration was accepted');
};

describe('readConfig', () => {
  it('has a default for every variable, and treats a blank variable as absent', () => {
    const config = readConfig({ PORT: '', OLLAMA_URL: '  ' });
    expect(config).toEqual(readConfig({}));
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 8000,
      webPort: 3000,
      dataDir: '.data',
      engineUrls: null,
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('reads comma-separated lists, with spaces around the commas', () => {
    const config = readConfig({
      OLLAMA_URL: 'http://a:11434, http://b:11434',
      CORS_ORIGINS: 'https://a.example ,http://localhost:5173/',
    });
    expect(config.engineUrls).toEqual(['http://a:11434', 'http://b:11434']);
    expect(config.corsOrigins).toEqual(['https://a.example', 'http://localhost:5173']);
  });

  it('accepts the keywords embedded and off', () => {
    expect(readConfig({ OLLAMA_URL: 'embedded' }).engineUrls).toBe('embedded');
    expect(readConfig({ WEB_PORT: 'off' }).webPort).toBeNull();
  });

  it('joins the engines of both variables, and reads aliases', () => {
    const config = readConfig({
      OLLAMA_URL: 'http://a:11434',
      ENGINE_URL: 'openai+http://b:8000/v1, http://a:11434',
      MODEL_ALIASES: 'fast=llama3.2, code=codellama:7b>llama3.2',
      MODEL_FALLBACK: 'a, b',
    });
    expect(config.engineUrls).toEqual(['http://a:11434', 'openai+http://b:8000/v1']);
    expect([...config.modelAliases]).toEqual([
      ['fast', ['llama3.2']],
      ['code', ['codellama:7b', 'llama3.2']],
    ]);
    expect(config.modelFallback).toEqual(['a', 'b']);
  });

  it.each([
    [{ ENGINE_URL: 'http://b:1', OLLAMA_URL: 'embedded' }, /^OLLAMA_URL=embedded can't be combined/],
    [{ ENGINE_URL: 'vllm://b:1' }, /^ENGINE_URL="vllm:\/\/b:1" .*openai\+http:\/\/host:8000\/v1/],
    [{ MODEL_ALIASES: 'fast' }, /^MODEL_ALIASES="fast" .*fast=llama3.2/],
    [{ MODEL_ALIASES: 'a=b,a=c' }, /^MODEL_ALIASES=.*each name once/],
    [{ MODEL_ALIASES: 'a=b,b=c' }, /^MODEL_ALIASES=.*no alias of an alias/],
    [{ CONTEXT_LIMIT: '10' }, /^CONTEXT_LIMIT="10" .*tokens/],
    [{ PORT: 'http' }, /^PORT="http" .*whole number from 0 to 65535/],
    [{ PORT: '65536' }, /^PORT="65536" /],
    [{ WEB_PORT: 'on' }, /^WEB_PORT="on" .*or off/],
    [{ OLLAMA_URL: 'localhost:11434' }, /^OLLAMA_URL="localhost:11434" .*http:\/\/host:port/],
    [{ OLLAMA_URL: 'http://a:1,' }, /^OLLAMA_URL=/],
    [{ PUBLIC_URL: 'https://chat.example.org/path?a=b' }, /^PUBLIC_URL=.*scheme, host and port/],
    [{ PUBLIC_URL: 'https://chat.example.org/a b' }, /^PUBLIC_URL=.*scheme, host and port/],
    [{ TRUST_PROXY: 'proxy.example' }, /^TRUST_PROXY=.*IP addresses or networks/],
    [{ TRUST_PROXY: '10.0.0.0/33' }, /^TRUST_PROXY=.*IP addresses or networks/],
    [{ OIDC_ISSUER: 'http://id.example' }, /^OIDC_ISSUER=.*https/],
    [{ ADMIN_PASSWORD: 'hunter2' }, /^ADMIN_PASSWORD can't be used: it has 7 characters.*leave it out/],
    [{ ADMIN_PASSWORD: 'Password1234!' }, /^ADMIN_PASSWORD can't be used: it is easy to guess/],
    [{ CORS_ORIGINS: '*' }, /^CORS_ORIGINS="\*" .*every site/],
    [{ FLUSH_MS: '-1' }, /^FLUSH_MS="-1" .*milliseconds/],
    [{ DRAIN_S: '1.5' }, /^DRAIN_S="1.5" .*seconds/],
    [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL="loud" .*debug/],
    [{ INTROSPECTION: 'yes' }, /^INTROSPECTION="yes" .*signed-in/],
    [{ DOCUMENT_LIMITS: 'width=3' }, /^DOCUMENT_LIMITS="width=3" .*depth, aliases, .*depth=30,cost=50000/],
    [{ DOCUMENT_LIMITS: 'depth=0' }, /^DOCUMENT_LIMITS=/],
    [{ PERSISTED_DOCUMENTS: 'a.json,' }, /^PERSISTED_DOCUMENTS=.*separated by commas/],
    [{ MODELS_ALLOWED: 'llama3.2,(a|b)' }, /^MODELS_ALLOWED=.*llama3\.2,qwen3:\*/],
    [{ NODE_ENV: 'prod' }, /^NODE_ENV="prod" .*production/],
  ])('rejects %j with one line that says what to do', (environment, line) => {
    expect(lineOf(environment)).toMatch(line);
    expect(lineOf(environment)).not.toContain('\n');
  });

  it('allows introspection to everyone only in development, unless it is configured', () => {
    expect(readConfig({}).introspection).toBe('signed-in');
    expect(readConfig({ NODE_ENV: 'development' }).introspection).toBe('on');
    expect(readConfig({ NODE_ENV: 'development', INTROSPECTION: 'off' }).introspection).toBe('off');
  });

  it('serves GraphiQL unless only persisted documents run, or as configured', () => {
    expect(readConfig({}).graphiql).toBe(true);
    expect(readConfig({ PERSISTED_ONLY: 'on' }).graphiql).toBe(false);
    expect(readConfig({ PERSISTED_ONLY: 'on', GRAPHIQL: 'on' }).graphiql).toBe(true);
  });

  it('changes the document limits that are named, and keeps the others', () => {
    const { documentLimits } = readConfig({ DOCUMENT_LIMITS: 'depth=30, cost = 50000' });
    expect(documentLimits).toEqual({ ...readConfig({}).documentLimits, depth: 30, cost: 50_000 });
  });

  it('does not repeat a rejected secret', () => {
    const line = lineOf({ JWT_SECRET: 'hunter2' });
    expect(line).toMatch(/^JWT_SECRET can't be used: give 32 bytes or more/);
    expect(line).not.toContain('hunter2');
  });

  it('rejects an invalid rate, and shows a valid one', () => {
    for (const name of ['RATE_LIMIT', 'REQUEST_LIMIT', 'ADDRESS_LIMIT']) {
      expect(lineOf({ [name]: 'ten a minute' })).toMatch(new RegExp(`^${name}="ten a minute".*10/1m`));
    }
    expect(lineOf({ ADDRESS_LIMIT: 'MEMBER=10/1m' })).toMatch(/^ADDRESS_LIMIT=.*10\/1m, or off/);
    expect(lineOf({ RUNNING_LIMIT: '0' })).toMatch(/^RUNNING_LIMIT="0" .*off/);
    expect(readConfig({ RATE_LIMIT: 'off' }).rateLimit.MEMBER).toBeNull();
    expect(readConfig({}).rateLimit.MEMBER).toEqual({ count: 10, windowMs: 60_000 });
  });

  it('reads the bucket of attached files with its credentials', () => {
    const keys = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' };
    const bucket = (url: string, more = {}) =>
      readConfig({ ATTACHMENTS_URL: url, ...keys, ...more }).attachmentBucket;
    expect(bucket('s3://files/a/b', { AWS_REGION: 'eu-central-1' })).toEqual({
      endpoint: 'https://s3.eu-central-1.amazonaws.com/files',
      bucket: 'files',
      prefix: 'a/b/',
      region: 'eu-central-1',
      accessKeyId: 'key',
      secretAccessKey: 'secret',
    });
    expect(bucket('s3+http://127.0.0.1:9000/files/')).toMatchObject({
      endpoint: 'http://127.0.0.1:9000/files',
      prefix: '',
      region: 'us-east-1',
    });
    for (const url of [
      'https://host/files',
      's3://',
      's3://UPPER',
      's3+https://a:b@host/files',
      's3://files/..',
    ])
      expect(() => bucket(url)).toThrow('give s3://bucket/prefix');
    expect(() => readConfig({ ATTACHMENTS_URL: 's3://files' })).toThrow('AWS_ACCESS_KEY_ID or');
  });

  it('reads the languages of OCR', () => {
    const languages = (text: string) => readConfig({ OCR_LANGUAGES: text }).ocrLanguages;
    expect([languages(''), languages('off'), languages('eng+chi_sim')]).toEqual([[], [], ['eng', 'chi_sim']]);
    for (const text of ['../x', 'en', 'eng,deu'])
      expect(() => languages(text)).toThrow('give at most 8 codes');
  });

  it('rejects one of MONGODB_URL and REDIS_URL without the other, and names the missing one', () => {
    const [MONGODB_URL, REDIS_URL] = ['mongodb://localhost/ziggie', 'redis://localhost'];
    expect(lineOf({ REDIS_URL })).toMatch(/^MONGODB_URL is missing/);
    expect(lineOf({ MONGODB_URL })).toMatch(/^REDIS_URL is missing/);
    expect(lineOf({ WORKER: 'off' })).toMatch(/^REDIS_URL and MONGODB_URL are missing/);
    expect(readConfig({ MONGODB_URL, REDIS_URL, WORKER: 'off' })).toMatchObject({
      mongodbUrl: MONGODB_URL,
      redisUrl: REDIS_URL,
      worker: false,
    });
  });

  it('rejects several workers without the servers through which they share their state', () => {
    const servers = { MONGODB_URL: 'mongodb://localhost/ziggie', REDIS_URL: 'redis://localhost' };
    const OLLAMA_URL = 'http://localhost:11434';
    for (const WORKERS of ['2', 'auto']) {
      expect(lineOf({ WORKERS, OLLAMA_URL })).toMatch(/^WORKERS=.* needs REDIS_URL and MONGODB_URL/);
      expect(lineOf({ WORKERS, ...servers })).toMatch(
        /^WORKERS=.* needs engines in OLLAMA_URL or ENGINE_URL/,
      );
    }
    expect(lineOf({ WORKERS: '0' })).toMatch(/^WORKERS="0" .*from 1 to 256, or auto/);
    expect(readConfig({ WORKERS: '2', OLLAMA_URL, ...servers }).workers).toBe(2);
    expect(readConfig({ WORKERS: 'auto', OLLAMA_URL, ...servers }).workers).toBe('auto');
    expect(readConfig({ WORKERS: '1' }).workers).toBe(1);
  });

  it('requires all variables of single sign-on, and names the missing one', () => {
    const oidc = {
      OIDC_ISSUER: 'https://id.example',
      OIDC_CLIENT_ID: 'ziggie',
      OIDC_CLIENT_SECRET: 'hush',
      PUBLIC_URL: 'https://chat.example',
    };
    for (const name of Object.keys(oidc)) {
      expect(lineOf({ ...oidc, [name]: '' })).toMatch(new RegExp(`^${name} is missing: OIDC_`));
    }
    expect(lineOf({ OIDC_NAME: 'Example' })).toMatch(/^OIDC_ISSUER is missing: OIDC_NAME is set/);
    expect(lineOf({ ...oidc, OIDC_SCOPES: 'profile' })).toMatch(/^OIDC_SCOPES=.*openid among them/);
    expect(readConfig(oidc).oidc).toMatchObject({ issuer: oidc.OIDC_ISSUER, rolesClaim: null });
    const key = { ...oidc, OIDC_CLIENT_KEY: '/no/such/file.pem' };
    expect(lineOf(key)).toMatch(/^OIDC_CLIENT_KEY and OIDC_CLIENT_SECRET are both set/);
    expect(lineOf({ ...key, OIDC_CLIENT_SECRET: '' })).toMatch(
      /^OIDC_CLIENT_KEY: .* can't be read \(ENOENT\)/,
    );
    const noKey = fileURLToPath(import.meta.url);
    expect(lineOf({ ...oidc, OIDC_CLIENT_SECRET: '', OIDC_CLIENT_KEY: noKey })).toMatch(
      /no unencrypted private key/,
    );
    expect(readConfig({ PUBLIC_URL: oidc.PUBLIC_URL }).oidc).toBeNull();
  });

  it('requires all variables of a trusted issuer, and names the missing one', () => {
    const issuer = {
      JWKS_URL: 'https://control.example/keys',
      JWT_ISSUER: 'https://control.example',
      JWT_AUDIENCE: 'ziggie',
    };
    expect(lineOf({ ...issuer, JWT_ISSUER: '' })).toMatch(/^JWT_ISSUER is missing: JWKS_URL is set.*leave/);
    expect(lineOf({ ...issuer, JWT_AUDIENCE: '' })).toMatch(/^JWT_AUDIENCE is missing: JWKS_URL is set/);
    expect(lineOf({ ...issuer, JWKS_URL: '' })).toMatch(/^JWKS_URL is missing, or JWT_SECRET: JWT_ISSUER is/);
    expect(lineOf({ JWT_ROLES_CLAIM: 'roles' })).toMatch(/^JWT_ISSUER is missing: JWT_ROLES_CLAIM is set/);
    expect(lineOf({ ...issuer, JWKS_URL: 'file:///keys' })).toMatch(/^JWKS_URL=.*http or https/);
    expect(lineOf({ ...issuer, JWT_ISSUER: 'ziggie-llm' })).toMatch(/^JWT_ISSUER=.*another name/);
    expect(lineOf({ ...issuer, JWT_LEEWAY_S: '3600' })).toMatch(/^JWT_LEEWAY_S=.*0 to 300/);
    expect(lineOf({ ...issuer, JWT_ALGORITHMS: 'none' })).toMatch(/^JWT_ALGORITHMS=.*RS256/);
    expect(lineOf({ ...issuer, JWT_ALGORITHMS: 'RS256,HS256' })).toMatch(
      /^JWT_ALGORITHMS can't be used: HS256 doesn't go with JWKS_URL/,
    );
    expect(readConfig(issuer).trustedIssuer).toEqual({
      issuer: issuer.JWT_ISSUER,
      audience: 'ziggie',
      keys: { jwksUrl: issuer.JWKS_URL },
      algorithms: ['RS256', 'ES256', 'EdDSA'],
      leewayS: 30,
      rolesClaim: null,
    });
    const JWT_SECRET = 'a secret that only the two of them know';
    const shared = { ...issuer, JWKS_URL: '', JWT_SECRET };
    expect(lineOf({ ...shared, JWT_ALGORITHMS: 'ES256' })).toMatch(/doesn't go with JWT_SECRET/);
    expect(readConfig(shared).trustedIssuer).toMatchObject({
      keys: { secret: JWT_SECRET },
      algorithms: ['HS256'],
    });
    // On its own, JWT_SECRET signs our tokens only, and no other issuer is trusted.
    expect(readConfig({ JWT_SECRET }).trustedIssuer).toBeNull();
  });

  it('expands the names of proxy networks', () => {
    const { trustedProxies } = readConfig({ TRUST_PROXY: 'loopback, 192.0.2.1' });
    expect(trustedProxies).toEqual(['127.0.0.0/8', '::1', '192.0.2.1']);
  });

  it('shows no password of a rejected URL', () => {
    expect(lineOf({ REDIS_URL: 'http://app:hush@localhost' })).toMatch(/^REDIS_URL can't be used/);
    expect(lineOf({ REDIS_URL: 'http://app:hush@localhost' })).not.toMatch(/hush/);
    expect(lineOf({ MONGODB_URL: 'http://app:hush@localhost' })).not.toMatch(/hush/);
  });

  it('keeps the spaces of a password', () => {
    const ADMIN_PASSWORD = ' correct horse battery ';
    expect(readConfig({ ADMIN_PASSWORD }).adminPassword).toBe(ADMIN_PASSWORD);
  });
});

describe('mergeEnvironments', () => {
  it('prefers the first environment, unless its variable is blank', () => {
    expect(mergeEnvironments({ A: '1', B: '' }, { A: '2', B: '3', C: '4' })).toEqual({
      A: '1',
      B: '3',
      C: '4',
    });
  });
});

describe('variablesTable', () => {
  it('has a row for each variable, in Markdown', () => {
    const rows = variablesTable().trim().split('\n');
    expect(rows[0]).toBe('| variable | default | meaning |');
    expect(rows).toContainEqual(expect.stringMatching(/^\| `PORT` \| `8000` \| .+ \|$/));
    for (const row of rows) expect(row.split('|')).toHaveLength(5);
  });
});
