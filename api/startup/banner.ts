import { resolve } from 'node:path';
import type { FirstAdmin } from '../accounts/service.ts';
import type { Config } from '../config/config.ts';
import type { EngineHealth } from '../engine/engine.ts';

export interface Started {
  readonly version: string;
  /** The URL of the API, then the URL of the web app if it differs. */
  readonly urls: readonly string[];
  readonly admin: FirstAdmin;
  readonly config: Config;
  readonly engine: EngineHealth;
}

const row = (label: string, text: string): string => `  ${label.padEnd(9)} ${text}`;

/** Returns the text that is printed when the server has started. */
export const banner = ({ version, urls, admin, config, engine }: Started): string => {
  const [api = '', web = api] = urls;
  return [
    `Ziggie LLM ${version}`,
    row('Web app', web),
    row('API', `${api}/graphql`),
    row('User', userLine(admin, config)),
    row('Data', resolve(config.dataDir)),
    engineLines(engine),
    '',
  ].join('\n');
};

/** Returns the state of the engine, and the steps to set it up if it is missing. */
export const engineLines = (health: EngineHealth): string => {
  const { message, steps } = health.operator ?? health;
  return [row('Engine', message), ...steps.map((step) => row('', `- ${step}`))].join('\n');
};

const userLine = (admin: FirstAdmin, { adminPassword }: Config): string => {
  if (admin.created) {
    const password = admin.password ?? 'from ADMIN_PASSWORD';
    return `${admin.username}, password: ${password}${admin.password === null ? '' : '   (shown this once)'}`;
  }
  return adminPassword === null
    ? 'already created'
    : 'already created; ADMIN_PASSWORD is used only by the first start';
};
