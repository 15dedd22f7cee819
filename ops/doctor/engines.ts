import { existsSync } from 'node:fs';
import { Ollama } from 'ollama';
import type { Config } from '../../api/config/config.ts';
import { type Finding, failed, ok, reasonOf, requestTimeoutMs, warning } from './finding.ts';

/** The tokens of the measured answer, and how long it may take, in ms: the model may have to be loaded. */
const sampleTokens = 32;
const sampleTimeoutMs = 120_000;
/** An answer that is slower than reading, in tokens per second. */
const slow = 5;

const localOllama = 'http://127.0.0.1:11434';

const fetchWithin =
  (timeoutMs: number): typeof fetch =>
  (input, init) =>
    fetch(input, { ...init, signal: AbortSignal.timeout(timeoutMs) });

const withoutCredentials = (address: string): string => {
  const url = URL.parse(address);
  return url ? `${url.protocol}//${url.host}` : address;
};

/** Checks one Ollama: its version, its models, their memory, and its speed. */
export const checkOllama = async (address: string, isMeasured: boolean): Promise<readonly Finding[]> => {
  const where = withoutCredentials(address);
  const check = `ollama ${where}`;
  const client = new Ollama({ host: address, fetch: fetchWithin(requestTimeoutMs) });
  try {
    const [{ version }, { models }, { models: loaded }] = await Promise.all([
      client.version(),
      client.list(),
      client.ps(),
    ]);
    const findings: Finding[] = [ok(check, `Ollama ${version} with ${models.length} models.`)];
    for (const { name, size, size_vram: vram = 0 } of loaded) {
      const share = size > 0 ? Math.round((vram / size) * 100) : 0;
      findings.push(ok(check, `${name} is loaded, ${share} % of its memory on a GPU.`));
    }
    const [smallest] = models.toSorted((one, other) => one.size - other.size);
    const sample = loaded[0]?.name ?? smallest?.name;
    if (sample === undefined) {
      return [...findings, failed(check, 'No model is installed.', 'Run: ollama pull llama3.2')];
    }
    return isMeasured ? [...findings, await measure(address, check, sample)] : findings;
  } catch (error) {
    return [
      failed(
        check,
        `It does not answer: ${reasonOf(error)}.`,
        'Start it (ollama serve, systemctl start ollama, or docker compose up -d ollama), and check OLLAMA_URL. In a container, localhost is the container itself.',
      ),
    ];
  }
};

const measure = async (address: string, check: string, model: string): Promise<Finding> => {
  try {
    const client = new Ollama({ host: address, fetch: fetchWithin(sampleTimeoutMs) });
    const { eval_count: tokens, eval_duration: ns } = await client.generate({
      model,
      prompt: 'Count to twenty.',
      stream: false,
      options: { num_predict: sampleTokens },
    });
    const speed = ns > 0 ? tokens / (ns / 1e9) : 0;
    const text = `${model} computes ${speed.toFixed(1)} tokens per second.`;
    if (speed >= slow) return ok(check, text);
    return warning(check, text, 'Use a GPU, a smaller model, or a stronger quantization such as Q4.');
  } catch (error) {
    return failed(
      check,
      `${model} gives no answer: ${reasonOf(error)}.`,
      "Read Ollama's log: the model may need more memory than there is.",
    );
  }
};

const checkOpenAI = async (address: string, apiKey: string | null): Promise<Finding> => {
  const url = address.replace(/^openai\+/, '').replace(/\/+$/, '');
  const check = `engine ${withoutCredentials(url)}`;
  try {
    const response = await fetch(`${/\/v\d+$/.test(url) ? url : `${url}/v1`}/models`, {
      headers: apiKey === null ? {} : { Authorization: `Bearer ${apiKey}` },
      signal: AbortSignal.timeout(requestTimeoutMs),
    });
    await response.body?.cancel();
    if (response.ok) return ok(check, 'It answers and lists models.');
    const remedy =
      response.status === 401 ? 'Set ENGINE_API_KEY to the key of the server.' : 'Check ENGINE_URL.';
    return failed(check, `It answers with status ${response.status}.`, remedy);
  } catch (error) {
    return failed(check, `It does not answer: ${reasonOf(error)}.`, 'Start it, and check ENGINE_URL.');
  }
};

const checkEmbedded = ({ modelPath }: Config): Finding => {
  if (modelPath !== null && !existsSync(modelPath)) {
    return failed('engine', `MODEL_PATH ${modelPath} does not exist.`, 'Correct MODEL_PATH, or remove it.');
  }
  return ok('engine', 'The embedded engine is configured. For better answers, install Ollama.');
};

export const checkEngines = async (config: Config, isMeasured: boolean): Promise<readonly Finding[]> => {
  if (config.engineUrls === 'embedded') return [checkEmbedded(config)];
  if (config.engineUrls === null) {
    const isLocal = await fetch(localOllama, { signal: AbortSignal.timeout(requestTimeoutMs) }).then(
      async (response) => {
        await response.body?.cancel();
        return response.ok;
      },
      () => false,
    );
    return isLocal ? checkOllama(localOllama, isMeasured) : [checkEmbedded(config)];
  }
  const findings = config.engineUrls.map(async (address) =>
    address.startsWith('openai+')
      ? [await checkOpenAI(address, config.engineApiKey)]
      : checkOllama(address, isMeasured),
  );
  return (await Promise.all(findings)).flat();
};
