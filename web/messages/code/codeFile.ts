/** The extensions of files by the language of a code block, where they differ. */
const extensions: Readonly<Record<string, string>> = {
  bash: 'sh',
  csharp: 'cs',
  'c++': 'cpp',
  console: 'sh',
  docker: 'dockerfile',
  golang: 'go',
  javascript: 'js',
  kotlin: 'kt',
  markdown: 'md',
  mermaid: 'mmd',
  perl: 'pl',
  plaintext: 'txt',
  powershell: 'ps1',
  python: 'py',
  ruby: 'rb',
  rust: 'rs',
  shell: 'sh',
  shellscript: 'sh',
  text: 'txt',
  typescript: 'ts',
  yaml: 'yml',
};

/** Returns the name of the file that the code of a language is saved as. */
export const codeFileName = (language: string): string => {
  const name = language.toLowerCase();
  const extension = Object.hasOwn(extensions, name) ? extensions[name] : name;
  return `code.${extension && /^[a-z0-9]{1,12}$/.test(extension) ? extension : 'txt'}`;
};

export type PreviewKind = 'page' | 'diagram';

/** Returns what a code block can be previewed as, or null. */
export const previewKindOf = (language: string, code: string): PreviewKind | null => {
  const name = language.toLowerCase();
  if (name === 'mermaid' || name === 'mmd') return 'diagram';
  if (name === 'html' || name === 'svg') return 'page';
  return name === 'xml' && /<svg[\s>]/i.test(code.slice(0, 2_000)) ? 'page' : null;
};
