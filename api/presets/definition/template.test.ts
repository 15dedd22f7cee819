import { checkTemplate, renderTemplate } from './template.ts';

const named = (...names: string[]) => names.map((name) => ({ name }));

describe('a template', () => {
  it('inserts values as text, also values with tags and HTML', () => {
    const values = { a: '<b> & {{b}}', b: 'secret', n: 3 };
    expect(renderTemplate('{{a}} {{{a}}} {{&a}} {{n}}', values)).toBe(
      '<b> & {{b}} <b> & {{b}} <b> & {{b}} 3',
    );
  });

  it('shows a section for a value that is true or filled, and its inverse otherwise', () => {
    const template = '{{#a}}[{{a}}{{length}}]{{/a}}{{^a}}none{{/a}}';
    expect(renderTemplate(template, { a: 'text', length: 7 })).toBe('[text7]');
    expect(renderTemplate(template, {})).toBe('none');
    expect(renderTemplate(template, { a: false })).toBe('none');
  });

  it('shows the section of the number 0', () => {
    expect(renderTemplate('{{#n}}{{n}} days{{/n}}{{^n}}none{{/n}}', { n: 0 })).toBe('0 days');
  });

  it('rejects values that are too long together', () => {
    expect(() => renderTemplate('{{a}}{{{a}}}{{&a}}', { a: 'x'.repeat(1_000_000) })).toThrow(
      'The prompt has more than 2000000 characters of variables.',
    );
  });

  it('reads no properties that objects inherit', () => {
    expect(renderTemplate('{{constructor}}|{{toString}}', { a: 'x' })).toBe('|');
  });

  it.each([
    ['Hello\n{{name', 'template, line 2: Unclosed tag'],
    ['{{#a}}x', 'template, line 1: Unclosed section "a"'],
    ['{{/a}}', 'template, line 1: Unopened section "a"'],
    ['x\n\n{{b}}', 'template, line 3: "b" is not a variable. Variables: a. Declare it, or correct the name.'],
    ['{{#a}}{{c}}{{/a}}', '"c" is not a variable'],
    ['{{a.length}}', '"a.length" is not a variable'],
    ['{{#a}}'.repeat(3_000) + '{{/a}}'.repeat(3_000), 'nested more than 20 deep'],
    ['{{> other}}', 'the partial "other" is not supported'],
    ['{{=<% %>=}}', 'a change of the delimiters is not supported'],
  ])('%j is rejected with its line', (template, message) => {
    expect(() => checkTemplate('template', template, named('a'))).toThrow(message);
  });

  it('accepts comments, sections and all tags of values', () => {
    expect(() =>
      checkTemplate('template', '{{! note }}{{#a}}{{{a}}}{{/a}}{{^a}}{{&a}}{{/a}}', named('a')),
    ).not.toThrow();
  });

  it('takes linear time for the number of tags', () => {
    /** The processor's time for a template, in µs: the least of a few. */
    const timeOf = (tags: number): number => {
      const template = '{{a}}\n'.repeat(tags);
      const times = Array.from({ length: 5 }, () => {
        const before = process.threadCpuUsage();
        checkTemplate('template', template, [{ name: 'a' }]);
        const { user, system } = process.threadCpuUsage(before);
        return user + system;
      });
      return Math.min(...times);
    };
    timeOf(1_000);
    // Quadratic time would be about a second for 6,000 tags. The clock has steps of a few ms.
    expect(timeOf(6_000)).toBeLessThan(4 * 6 * Math.max(timeOf(1_000), 4_000));
  });
});
