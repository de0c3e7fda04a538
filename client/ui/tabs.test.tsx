import { cleanup, fireEvent, render, screen } from '@solidjs/testing-library';
import { createSignal } from 'solid-js';
import { afterEach, describe, expect, it } from 'vitest';
import { Tabs } from './tabs.tsx';

function show() {
  const tabs = ['one', 'two', 'three'].map((value) => ({ value, label: value }));
  const [value, setValue] = createSignal('one');
  render(() => <Tabs label="Start from" tabs={tabs} value={value()} panelId="panel" onChange={setValue} />);
  const press = (key: string) => fireEvent.keyDown(document.activeElement ?? document.body, { key });
  screen.getByRole('tab', { name: 'one' }).focus();
  return { value, press };
}

afterEach(cleanup);

describe('tabs', () => {
  it('have one tab stop, on the selected one', () => {
    show();
    expect(screen.getAllByRole('tab').map((tab) => tab.tabIndex)).toEqual([0, -1, -1]);
    fireEvent.click(screen.getByRole('tab', { name: 'two' }));
    expect(screen.getAllByRole('tab').map((tab) => tab.tabIndex)).toEqual([-1, 0, -1]);
    expect(screen.getByRole('tab', { selected: true }).textContent).toBe('two');
  });

  it('move with the arrows, around the ends, and to the ends with Home and End', () => {
    const { press } = show();
    const focused = () => document.activeElement?.textContent;
    press('ArrowRight');
    expect(focused()).toBe('two');
    press('End');
    expect(focused()).toBe('three');
    press('ArrowRight');
    expect(focused()).toBe('one');
    press('ArrowLeft');
    expect(focused()).toBe('three');
    press('Home');
    expect(focused()).toBe('one');
    expect(screen.getByRole('tab', { selected: true }).textContent).toBe('one');
  });
});
