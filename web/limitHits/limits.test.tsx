import { render } from '@testing-library/react';
import { LanguageProvider } from '../language/LanguageProvider.tsx';
import { limitOf } from './limits.tsx';

describe('a limit that was hit', () => {
  it.each([
    ['QUOTA', 'ada used up a quota of tokens'],
    ['NEWER', 'ada ran into NEWER'],
  ])('is said in a sentence about the user: %s', (kind, sentence) => {
    const { container } = render(<LanguageProvider>{limitOf(kind).words(<b>ada</b>)}</LanguageProvider>);
    expect(container.textContent).toBe(sentence);
    expect(container.querySelector('b')?.textContent).toBe('ada');
  });
});
