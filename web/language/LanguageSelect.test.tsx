import { jest } from '@jest/globals';
import { act, fireEvent, render, screen } from '@testing-library/react';
import { Notices } from '../ui/Notices.tsx';
import { LanguageProvider } from './LanguageProvider.tsx';

// One catalog loads, the other one doesn't.
jest.unstable_mockModule('./catalogs/ar.po', () => {
  throw new Error('offline');
});
const { chooseLanguage } = await import('./language.ts');
const { LanguageSelect } = await import('./LanguageSelect.tsx');

const select = () => screen.getByRole<HTMLSelectElement>('combobox');

const choose = async (language: string) => {
  select().focus();
  await act(async () => {
    fireEvent.change(select(), { target: { value: language } });
    await import('./catalogs/de.po');
  });
};

describe('the choice of the language', () => {
  beforeEach(async () => {
    await chooseLanguage('en');
    render(
      <LanguageProvider>
        <Notices>
          <LanguageSelect />
        </Notices>
      </LanguageProvider>,
    );
  });

  it('renders the page anew, and keeps the choice and the focus', async () => {
    const before = select();
    await choose('de');
    expect(document.documentElement.lang).toBe('de');
    expect(select()).not.toBe(before);
    expect(select().value).toBe('de');
    expect(document.activeElement).toBe(select());
  });

  it('returns to the language before if the chosen one does not load', async () => {
    await choose('ar');
    expect(select().value).toBe('en');
    expect(document.documentElement.lang).toBe('en');
    expect(screen.getByText(/could not be loaded/)).toBeTruthy();
  });
});
