import { parentPort } from 'node:worker_threads';
import { reasonOf } from '../../errors/causes.ts';
import type { Compiled } from './grammarCompiler.llama.ts';
import { libraryOptions } from './libraryOptions.llama.ts';

// Compiles grammars in a thread of its own, and answers each with the time that it took.

const library = await import('node-llama-cpp');
// The grammar's author gets the error; llama.cpp would also write it to the standard output.
const llama = await library.getLlama({ ...libraryOptions(library), logger: () => {} });

const compile = async (source: string): Promise<Compiled> => {
  const from = process.threadCpuUsage();
  try {
    await llama.createGrammar({ grammar: source });
  } catch (error) {
    return { error: reasonOf(error), cpuMs: 0 };
  }
  const { user, system } = process.threadCpuUsage(from);
  return { error: null, cpuMs: (user + system) / 1000 };
};

parentPort?.on('message', (source: string) => {
  void compile(source).then((compiled) => parentPort?.postMessage(compiled));
});
parentPort?.postMessage('ready');
