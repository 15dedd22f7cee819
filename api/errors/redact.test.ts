import { withoutAddresses } from './redact.ts';

describe('a redacted message of another program', () => {
  it.each([
    ['connect ECONNREFUSED 127.0.0.1:11434', 'connect ECONNREFUSED [address]'],
    ['Post "http://ollama:11434/api/chat": EOF', 'Post "[address]": EOF'],
    ['dial tcp 10.1.2.3:443: i/o timeout', 'dial tcp [address]: i/o timeout'],
    ['dial tcp [fd00::1]:443: refused', 'dial tcp [address]: refused'],
    ['no route to fe80::1', 'no route to [address]'],
    ['lookup gpu.internal on 10.0.0.2:53: no such host', 'lookup [address]: no such host'],
    ['getaddrinfo failed for gpu.example.com:8080', 'getaddrinfo failed for [address]'],
    ['localhost:11434 refused', '[address] refused'],
    ['open /root/.ollama/models/blobs/sha256-1: no such file', 'open [file]: no such file'],
    ['open ~/models/a.gguf failed', 'open [file] failed'],
    ['open C:\\models\\a.gguf: denied', 'open [file]: denied'],
  ])('has no addresses and file paths: %s', (text, expected) => {
    expect(withoutAddresses(text)).toBe(expected);
  });

  it.each([
    'model requires more system memory (5.2 GiB) than is available (1.1 GiB)',
    'Model "library/llama3.2:1b" is not installed. Installed models: codellama:7b, hf.co/org/name:Q4_K_M.',
    'llama runner process has terminated: exit status 2',
    'Ollama 0.17.1 is needed at 12:30:05.',
  ])('keeps everything else: %s', (text) => {
    expect(withoutAddresses(text)).toBe(text);
  });

  it('is short, and takes time in proportion to its own length', () => {
    expect(withoutAddresses('a.'.repeat(1_000_000)).length).toBeLessThan(600);
  });
});
