import { act, fireEvent, render, screen } from '@testing-library/react';
import { MemoryRouter, Route, Routes, useLocation } from 'react-router';
import { LanguageProvider } from '../language/LanguageProvider.tsx';
import { createConnection } from '../relay/connection.ts';
import { RequestFailure } from '../relay/failure.ts';
import { createGraph } from '../testing/graph.ts';
import { Notices } from '../ui/Notices.tsx';
import { SessionProvider } from './SessionProvider.tsx';
import { SignInPage } from './SignInPage.tsx';

const Elsewhere = () => <p>At {useLocation().pathname}</p>;

const open = (address: string) => {
  const { environment, latest } = createGraph();
  let renewals = 0;
  const session = { environment, connection: createConnection(), end: () => {} };
  const sessions = {
    current: () => session,
    subscribe: () => () => {},
    renew: () => {
      renewals += 1;
    },
  };
  render(
    <LanguageProvider>
      <Notices>
        <SessionProvider sessions={sessions}>
          <MemoryRouter initialEntries={[address]}>
            <Routes>
              <Route path="/login" element={<SignInPage />} />
              <Route path="*" element={<Elsewhere />} />
            </Routes>
          </MemoryRouter>
        </SessionProvider>
      </Notices>
    </LanguageProvider>,
  );
  fireEvent.change(screen.getByLabelText('Username'), { target: { value: ' admin ' } });
  fireEvent.change(screen.getByLabelText('Password'), { target: { value: ' secret ' } });
  fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
  return { asked: latest('useSignInMutation'), renewals: () => renewals };
};

describe('signing in', () => {
  it('sends the input, the password unchanged', () => {
    expect(open('/login').asked.variables).toEqual({ input: { username: 'admin', password: ' secret ' } });
  });

  it('starts a new session and returns to the previous page', async () => {
    const { asked, renewals } = open('/login?next=%2Fchat%2Fabc');
    await act(async () => {
      asked.next({ signIn: { viewer: { id: 'u' } } });
      asked.complete();
    });
    expect(renewals()).toBe(1);
    expect(screen.getByText('At /chat/abc')).toBeTruthy();
  });

  it('shows the error and keeps the input', async () => {
    const { asked } = open('/login');
    await act(async () =>
      asked.fail(new RequestFailure('UNAUTHENTICATED', 'The user name or the password is wrong.')),
    );
    expect(screen.getByRole('alert').textContent).toBe('The user name or the password is wrong.');
    expect(screen.getByLabelText<HTMLInputElement>('Username').value).toBe(' admin ');
    expect(screen.getByRole('button', { name: 'Sign in' })).toBeTruthy();
  });
});
