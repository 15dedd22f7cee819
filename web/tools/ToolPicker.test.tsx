import { fireEvent, render, screen } from '@testing-library/react';
import { Frame } from '../testing/Frame.tsx';
import { createGraph } from '../testing/graph.ts';
import { ToolPicker } from './ToolPicker.tsx';

const open = (chosen: readonly string[], incapable: string | null) => {
  const tools = [{ name: 'add', needsConfirmation: false }];
  render(
    <Frame environment={createGraph().environment}>
      <ToolPicker tools={tools} chosen={chosen} incapable={incapable} onChoose={() => {}} />
    </Frame>,
  );
  return screen.getByRole('button');
};

describe('the picker of tools', () => {
  it.each([
    [[], null, 'Choose tools', 'Choose tools'],
    [['add'], null, '1 tool chosen', '1 tool chosen: add'],
    [[], 'tiny:1b', 'Choose tools', 'tiny:1b can’t call tools.'],
    [
      ['add'],
      'tiny:1b',
      'Choose tools',
      'tiny:1b can’t call tools. The chosen tools are kept for other models.',
    ],
  ])('with %j chosen, and a model that can’t call them: %s', (chosen, incapable, label, title) => {
    const button = open(chosen, incapable);
    expect([button.getAttribute('aria-label'), button.title]).toEqual([label, title]);
  });

  it('says in its menu why the choice is not used', async () => {
    fireEvent.keyDown(open(['add'], 'tiny:1b'), { key: 'Enter' });
    fireEvent.click(screen.getByRole('button'));
    await screen.findByText('tiny:1b can’t call tools. The chosen tools are kept for other models.');
  });
});
