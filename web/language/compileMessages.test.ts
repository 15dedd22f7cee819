import { transformAsync } from '@babel/core';
import { type Messages, setupI18n } from '@lingui/core';
import { compileMessages } from './compileMessages.ts';

type CompiledMessage = Messages[string];

/** Returns the code of the web app's build. */
const built = async (code: string): Promise<string> => {
  const result = await transformAsync(code, {
    filename: 'page.ts',
    babelrc: false,
    configFile: false,
    plugins: [['@lingui/lingui-macro', { descriptorFields: 'message' }], compileMessages],
  });
  return result?.code ?? '';
};

/** Returns the message that the web app's build makes of one in the code. */
const messageOf = async (message: string): Promise<CompiledMessage> => {
  const given = JSON.stringify(message);
  const code = `import { msg } from '@lingui/core/macro'; const descriptor = msg({ message: ${given} });`;
  return new Function(`${await built(code)} return descriptor.message;`)();
};

describe('the messages of the build', () => {
  it('are compiled in the code', async () => {
    expect(await messageOf('Save it')).toEqual(['Save it']);
    const message = await messageOf('{n, plural, one {# chat} other {# chats}} of {n}');
    const i18n = setupI18n({ locale: 'en', messages: { en: { id: message } } });
    expect([1, 2].map((n) => i18n._('id', { n }))).toEqual(['1 chat of 1', '2 chats of 2']);
  });

  it('fail the build if one has a wrong syntax', async () => {
    const code = "import { t } from '@lingui/core/macro'; export default t({ message: 'a {broken message' })";
    await expect(built(code)).rejects.toThrow(/Unclosed|Unexpected|Invalid|invalid/);
  });

  it('leave other objects as they are', async () => {
    const code = "export default { id: 'abcdef', message: 'a {text}' };";
    expect(await built(code)).toContain("message: 'a {text}'");
  });
});
