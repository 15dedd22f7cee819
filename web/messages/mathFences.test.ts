import { withMathFences } from './mathFences.ts';

describe('withMathFences', () => {
  it.each([
    ['\\(a+b\\)', '$$a+b$$'],
    ['so $x$ holds', 'so $$x$$ holds'],
    ['\\[\nx^2\n\\]', '\n$$\nx^2\n$$\n'],
    ['already $$x$$', 'already $$x$$'],
  ])('knows mathematics written as %s', (written, known) => expect(withMathFences(written)).toBe(known));

  it.each(['from $5 to $10', 'US$5 or $6-$7', 'it costs $ 5 and $ 6', 'escaped \\$x\\$'])(
    'leaves sums of money unchanged: %s',
    (text) => expect(withMathFences(text)).toBe(text),
  );

  it.each(['`$a$`', '``\\(a\\)``', '```sh\necho $a $b$\n```', '~~~\n$x$\n~~~', '```\nunfinished $x$'])(
    'leaves code unchanged: %j',
    (text) => expect(withMathFences(text)).toBe(text),
  );
});
