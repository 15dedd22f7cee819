import { parseDockerAddress } from './values/dockerAddress.ts';
import { every, list, parsed, variable } from './variable.ts';

const isPattern = (text: string): boolean => /^[a-zA-Z0-9*][a-zA-Z0-9_.*-]{0,127}$/.test(text);

/** The commands of the preset `docker`. */
export const dockerVariables = {
  DOCKER_HOST: variable({
    schema: parsed(
      (text) => (text === 'off' ? { address: null } : wrap(parseDockerAddress(text))),
      'give unix:///var/run/docker.sock, tcp://host:2375, https://host:2376, or off',
    ).default({ address: null }),
    default: '`off`',
    meaning:
      'the Docker Engine API on which members may run `ps`, `images`, `logs`, `stats` and `inspect`, and administrators confirm commands that change containers, such as `unix:///var/run/docker.sock`; `off`: Docker commands are only planned',
  }),
  DOCKER_CONTAINERS: variable({
    schema: parsed(
      (text) => (every(isPattern)(text) ? list(text) : null),
      'give names or patterns such as web,shop-*',
    )
      .nullable()
      .default(null),
    default: 'all',
    meaning:
      'the containers that Docker commands may concern: names by comma, in which `*` matches any characters, such as `web,shop-*`',
  }),
} as const;

const wrap = <Address>(address: Address | null) => address && { address };
