/** What the upstream sends, as the prompt of a request says. */
export interface Script {
  readonly tokens: number;
  /** Tokens per second; 0: as fast as the socket takes them. */
  readonly rate: number;
  /** A fault of the stream, for tests of the clients; `none` otherwise. */
  readonly fault: 'none' | 'lost' | 'doubled' | 'misordered';
}

/** Formats a script as a prompt. `salt` keeps prompts apart. */
export const formatScript = ({ tokens, rate, fault }: Script, salt: string): string =>
  `tokens=${tokens} rate=${rate} fault=${fault} ${salt}`;

const faults: readonly Script['fault'][] = ['none', 'lost', 'doubled', 'misordered'];

/** Parses the script in a prompt. What it doesn't set is a short answer at full speed without a fault. */
export const parseScript = (prompt: string): Script => {
  const number = (name: string, absent: number) =>
    Number(new RegExp(`${name}=(\\d+)`).exec(prompt)?.[1] ?? absent);
  const fault = /fault=(\w+)/.exec(prompt)?.[1];
  return {
    tokens: number('tokens', 3),
    rate: number('rate', 0),
    fault: faults.find((known) => known === fault) ?? 'none',
  };
};
