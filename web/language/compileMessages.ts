import { type PluginObj, types as t } from '@babel/core';
import { compileMessageOrThrow } from '@lingui/message-utils/compileMessage';

/** The comment that the macros put before a message. */
const mark = '* i18n ';

/**
 * A Babel plugin for after Lingui's macros: compiles the English messages in the code as `catalogs` does those of the other
 * languages, so that the browser needs no compiler. Throws if a message has a wrong syntax.
 */
export const compileMessages = (): PluginObj => ({
  name: 'compile-messages',
  visitor: {
    Program: {
      exit(program) {
        program.traverse({
          ObjectExpression({ node }) {
            if (!node.leadingComments?.some(({ value }) => value === mark)) return;
            for (const property of node.properties) {
              if (!t.isObjectProperty(property) || !t.isIdentifier(property.key, { name: 'message' }))
                continue;
              if (!t.isStringLiteral(property.value)) continue;
              const compiled = compileMessageOrThrow(property.value.value);
              // JSON drops what is undefined, as it does in catalogs.
              property.value = t.valueToNode(JSON.parse(JSON.stringify(compiled)));
            }
          },
        });
      },
    },
  },
});
