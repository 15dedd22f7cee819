import { act, renderHook } from '@testing-library/react';
import { forgetDrafts } from '../messages/drafts.ts';
import { canCallTools, useChosenTools } from './useChosenTools.ts';

const usable = ['add', 'note'];

const open = (userId: string, tools: readonly string[] = usable) =>
  renderHook((props: { userId: string }) => useChosenTools(props.userId, tools), {
    initialProps: { userId },
  });

describe('the chosen tools', () => {
  afterEach(() => sessionStorage.clear());

  it('are kept in the tab, of those that can be used', () => {
    const { result, unmount } = open('a');
    act(() => result.current[1](['note', 'add']));
    expect(result.current[0]).toEqual(['note', 'add']);
    unmount();
    expect(open('a').result.current[0]).toEqual(['note', 'add']);
    expect(open('a', ['add']).result.current[0]).toEqual(['add']);
  });

  it('are those of the user', () => {
    const { result, rerender } = open('a');
    act(() => result.current[1](['note']));
    rerender({ userId: 'b' });
    expect(result.current[0]).toEqual([]);
    act(() => result.current[1](['add']));
    rerender({ userId: 'a' });
    expect(result.current[0]).toEqual(['note']);
  });

  it('are forgotten when the user signs out, as drafts are', () => {
    const { result } = open('a');
    act(() => result.current[1](['note']));
    forgetDrafts();
    expect(sessionStorage).toHaveLength(0);
    expect(open('a').result.current[0]).toEqual([]);
  });

  it.each(['{', '{}', 'null', '[1]'])('are none if the storage has %s', (text) => {
    sessionStorage.setItem('ziggie.draft.temporary.a.tools', text);
    expect(open('a').result.current[0]).toEqual([]);
  });
});

describe('a model', () => {
  it('can call tools if it has the capability, or if it isn’t listed', () => {
    expect(canCallTools({ capabilities: ['completion', 'tools'] })).toBe(true);
    expect(canCallTools({ capabilities: ['completion'] })).toBe(false);
    expect(canCallTools(undefined)).toBe(true);
  });
});
