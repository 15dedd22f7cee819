import type { Page } from 'playwright-core';
import { describeInChromium } from '../harness/browser.ts';
import { expectSoon } from '../harness/expectSoon.ts';
import { type ChatApp, startChatApp } from './chatApp.ts';

const answer = (action: string, confidence: number) => ({
  tokens: [
    JSON.stringify({ diagnosis: 'The heap is full.', action, explanation: 'It frees memory.', confidence }),
  ],
});

describeInChromium('failures of agents, in Chromium', () => {
  let app: ChatApp;
  let page: Page;
  beforeAll(async () => {
    app = await startChatApp();
  }, 90_000);
  afterAll(() => app?.close(), 60_000);
  afterEach(() => page.context().close());

  const report = async (agentId: string, eventId: string, log = 'FATAL: <b>heap</b> out of memory') => {
    const { reportAgentFailure } = await app.client.data<{
      reportAgentFailure: { healing: { id: string; status: string; rounds: { action: string | null }[] } };
    }>(
      `mutation ($agentId: ID!, $eventId: String!, $log: String!) {
        reportAgentFailure(input: { agentId: $agentId, eventId: $eventId, log: $log }) {
          healing { id status rounds { action } }
        }
      }`,
      { agentId, eventId, log },
    );
    return reportAgentFailure.healing;
  };
  const agentIdOf = async (name: string): Promise<string> => {
    const { healingAgents } = await app.client.data<{
      healingAgents: { edges: { node: { id: string; agent: { id: string } } }[] };
    }>('{ healingAgents { edges { node { id agent { id } } } } }');
    return healingAgents.edges.find(({ node }) => node.agent.id === name)?.node.id ?? '';
  };
  const register = async (name: string) => {
    await page.getByRole('button', { name: 'Register an agent…' }).click();
    await page.getByLabel('Id of the agent').fill(name);
    await page
      .getByRole('textbox', { name: 'Actions' })
      .fill('restart-worker: Restarts it.\n! roll-back: Starts the version before.');
    await page.getByRole('button', { name: 'Register', exact: true }).click();
  };

  it('are decided on by a person, who registered the agent', async () => {
    page = await app.open('/healing');
    await page.getByText('No failure needs a decision.').waitFor();
    await register('worker-3');
    await expectSoon(() => page.getByRole('textbox', { name: 'The secret' }).inputValue()).toMatch(
      /^[\w-]{43}$/,
    );
    await page.getByRole('button', { name: 'Done' }).click();
    await page
      .getByRole('list', { name: 'Registered agents' })
      .getByText('restart-worker, roll-back')
      .waitFor();

    app.play(answer('restart-worker', 30));
    const agentId = await agentIdOf('worker-3');
    expect(await report(agentId, 'crash-0001')).toMatchObject({ status: 'NEEDS_PERSON' });
    await page.getByRole('button', { name: 'Refresh' }).click();
    const failures = page.getByRole('list', { name: 'Failures' });
    await failures.getByText('The confidence is 30 %; at least 60 % is needed.').waitFor();
    await failures.getByRole('link').click();
    await page.getByText('The heap is full.').waitFor();
    await page.getByText('Log', { exact: true }).click();
    await page.getByText('FATAL: <b>heap</b> out of memory').waitFor();
    await page.getByLabel('Action', { exact: true }).selectOption('roll-back');
    await page.getByLabel('Reason').fill('The new version leaks.');
    await page.getByRole('button', { name: 'Let the agent run it' }).click();
    await page.getByText('approved by a person').waitFor();
    await page.getByText('Waits for the agent').waitFor();
    // The agent gets the decision with its next report of the event.
    expect(await report(agentId, 'crash-0001')).toMatchObject({
      status: 'ACTING',
      rounds: [{ action: 'restart-worker' }, { action: 'roll-back' }],
    });
    await page.reload();
    await page.getByText('The new version leaks.').waitFor();
    await page.getByRole('link', { name: 'All agents' }).click();
    await page.getByText('No failure needs a decision.').waitFor();
    await page.getByRole('link', { name: 'All failures' }).click();
    await failures.getByText('Waits for the agent').waitFor();
  }, 90_000);

  it('are closed with a reason by keyboard, and a decision made in another tab is shown', async () => {
    app.play(answer('none', 90));
    page = await app.open('/healing');
    await register('worker-4');
    await page.getByRole('button', { name: 'Done' }).click();
    const { id } = await report(await agentIdOf('worker-4'), 'crash-0001', 'Error: no route');
    await page.goto(`${app.server.url}/healing/${encodeURIComponent(id)}`);
    await page.getByText('No declared action helps.').waitFor();
    await app.client.data(
      'mutation ($id: ID!) { approveAgentAction(input: { id: $id, action: "restart-worker" }) { healing { id } } }',
      { id },
    );
    await page.getByRole('button', { name: 'Let the agent run it' }).click();
    await page.getByRole('alert').getByText('needs no decision').waitFor();
    await page.getByText('Waits for the agent').waitFor();
    await page.getByLabel('Reason').fill('Replaced.');
    await page.getByRole('button', { name: 'Close…' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('alertdialog', { name: 'Close this failure?' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Closed: Replaced.').waitFor();
    expect(await page.getByRole('form', { name: 'Decision' }).count()).toBe(0);
  }, 90_000);
});
