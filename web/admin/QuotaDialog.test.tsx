import { act, fireEvent, render, screen, within } from '@testing-library/react';
import { useState } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay';
import { RequestFailure } from '../relay/failure.ts';
import { Frame } from '../testing/Frame.tsx';
import { createGraph, type Graph } from '../testing/graph.ts';
import type { QuotaDialogTestQuery } from './__generated__/QuotaDialogTestQuery.graphql.ts';
import { QuotaDialog } from './QuotaDialog.tsx';
import { UserQuotas } from './UserQuotas.tsx';

const saves = 'useSetUserQuotaMutation';

const Page = () => {
  const { viewer } = useLazyLoadQuery<QuotaDialogTestQuery>(
    graphql`
      query QuotaDialogTestQuery {
        viewer {
          ...QuotaDialog_user
          ...UserQuotas_user
        }
      }
    `,
    {},
  );
  const [open, setOpen] = useState(true);
  if (!viewer) return null;
  return (
    <>
      <UserQuotas user={viewer} className="" />
      <QuotaDialog user={viewer} open={open} onClose={() => setOpen(false)} />
    </>
  );
};

const quota = (period: string, more: object = {}) => ({
  period,
  used: 8000,
  limit: 10_000,
  isOwn: false,
  roleLimit: 10_000,
  isNear: true,
  resetsAt: '2026-01-03T00:00:00Z',
  ...more,
});

const ada = (...quotas: readonly object[]) => ({
  __typename: 'User',
  id: 'ada',
  username: 'ada',
  role: 'MEMBER',
  quota: quotas,
});

const period = (name: string) => screen.getByRole('group', { name });
const input = (name: string) => screen.getByRole<HTMLInputElement>('textbox', { name });
const type = (name: string, value: string) => fireEvent.change(input(name), { target: { value } });
const save = () => act(async () => fireEvent.click(screen.getByRole('button', { name: 'Save' })));

describe('the dialog of a quota', () => {
  let graph: Graph;
  beforeEach(async () => {
    graph = createGraph();
    render(
      <Frame environment={graph.environment}>
        <Page />
      </Frame>,
    );
    await act(async () => {
      graph.latest('QuotaDialogTestQuery').next({ viewer: ada(quota('DAY')) });
      graph.latest('QuotaDialogTestQuery').complete();
    });
  });

  it('shows the role’s limit, and sets a limit of the user’s own', async () => {
    expect(period('Tokens a day').textContent).toContain('Member: 10,000');
    expect(period('Tokens a month').textContent).toContain('Member: no limit');
    const asRole = within(period('Tokens a day')).getByRole<HTMLInputElement>('radio', {
      name: /Same as the role/,
    });
    expect(asRole.checked).toBe(true);
    type('Tokens a day', '250,000');
    expect(asRole.checked).toBe(false);
    await save();
    const { variables, next, complete } = graph.latest(saves);
    expect(variables).toEqual({ input: { id: 'ada', day: 250_000, month: null } });
    await act(async () => {
      const own = { limit: 250_000, isOwn: true, isNear: false };
      next({ setUserQuota: { user: ada(quota('DAY', own)) } });
      complete();
    });
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(screen.getByRole('list', { name: 'Quotas of ada' }).textContent).toBe('Today· own8K of 250K');
    expect(screen.getByRole('meter').getAttribute('aria-valuetext')).toBe('3 % used');
  });

  it('returns to the role’s limit, and keeps the typed number', async () => {
    type('Tokens a month', '5');
    const month = within(period('Tokens a month'));
    fireEvent.click(month.getByRole('radio', { name: /Same as the role/ }));
    expect(input('Tokens a month').value).toBe('5');
    await save();
    expect(graph.latest(saves).variables).toEqual({ input: { id: 'ada', day: null, month: null } });
  });

  it('shows an invalid number at its field, sends nothing, and keeps the text', async () => {
    type('Tokens a day', '20000');
    type('Tokens a month', '1.5');
    await save();
    expect(graph.asked(saves)).toEqual([]);
    expect(screen.getByRole('alert').textContent).toBe(
      '“1.5” isn’t a whole number of tokens, such as 100,000.',
    );
    expect(input('Tokens a month').getAttribute('aria-invalid')).toBe('true');
    expect(document.activeElement).toBe(input('Tokens a month'));
    expect(input('Tokens a day').value).toBe('20000');
    type('Tokens a month', '150');
    expect(screen.queryByRole('alert')).toBeNull();
    await save();
    expect(graph.latest(saves).variables).toEqual({ input: { id: 'ada', day: 20_000, month: 150 } });
  });

  it('stays open until it is saved, and shows the server’s error', async () => {
    type('Tokens a day', '20,000');
    await save();
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    fireEvent.keyDown(screen.getByRole('dialog'), { key: 'Escape' });
    expect(screen.queryByRole('dialog')).not.toBeNull();
    await act(async () =>
      graph.latest(saves).fail(new RequestFailure('NOT_FOUND', 'There is no such user.')),
    );
    expect(screen.getByRole('alert').textContent).toBe('There is no such user.');
    expect(input('Tokens a day').value).toBe('20,000');
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(screen.queryByRole('dialog')).toBeNull();
  });
});

describe('a row of quotas', () => {
  it.each([
    [7999, 'Today8K of 10K', '79 % used', false],
    [8000, 'Today8K of 10K', '80 % used', true],
    [12_000, 'Today12K of 10K', '100 % used', true],
  ])('with %d of 10,000 tokens used says so', async (used, text, percent, isMarked) => {
    const graph = createGraph();
    render(
      <Frame environment={graph.environment}>
        <Page />
      </Frame>,
    );
    await act(async () => {
      const viewer = ada(quota('DAY', { used, isNear: used >= 8000 }));
      graph.latest('QuotaDialogTestQuery').next({ viewer });
      graph.latest('QuotaDialogTestQuery').complete();
    });
    const list = screen.getByRole('list', { name: 'Quotas of ada', hidden: true });
    expect(list.textContent).toBe(text);
    expect(within(list).getByRole('meter', { hidden: true }).getAttribute('aria-valuetext')).toBe(percent);
    expect(list.querySelector('svg') !== null).toBe(isMarked);
  });
});
