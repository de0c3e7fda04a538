import { createRoot, createSignal } from 'solid-js';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { progressData, taskData } from '../testing/tasks.ts';
import type { Task } from '../api/task.ts';
import { createBackgroundTab } from './background-tab.ts';

const done = (id: string, prompt: string) =>
  taskData({ id, prompt, status: 'SUCCESS', progress: progressData(100) });

function start(first: Task[]) {
  const [tasks, setTasks] = createSignal<Task[]>(first);
  const [isHidden, setHidden] = createSignal(true);
  const { tab, dispose } = createRoot((dispose) => ({
    dispose,
    tab: createBackgroundTab({ tasks, pageName: () => 'Create', isHidden }),
  }));
  onTestFinished(dispose);
  return { tab, setTasks, setHidden, dispose };
}

const icon = () => document.querySelector('link[rel="icon"]')?.getAttribute('href');

describe('the tab in the background', () => {
  beforeEach(() => {
    document.head.innerHTML = '<link rel="icon" href="/favicon.svg" />';
  });

  it('shows the mean progress, then the outcome, until the page is visible', () => {
    const { tab, setTasks, setHidden } = start([
      taskData({ id: 'a', prompt: 'Fog', progress: progressData(40) }),
      taskData({ id: 'b', prompt: 'Sea', progress: progressData(null) }),
    ]);
    expect(document.title).toBe('(20%) Fog');
    expect(icon()).toBe('/favicon.svg');
    setTasks([done('a', 'Fog'), done('b', 'Sea')]);
    tab.ended(done('b', 'Sea'));
    expect(document.title).toBe('Done: Sea');
    expect(icon()).toMatch(/\/favicon-dot\.svg$/);
    setHidden(false);
    expect(document.title).toBe('Create — Proofsheet');
    expect(icon()).toBe('/favicon.svg');
  });

  it('invents no percentage', () => {
    start([taskData({ id: 'a', progress: progressData(null) })]);
    expect(document.title).toBe('Create — Proofsheet');
  });

  it('shows the name of the page while visible, and no outcome of a task that ended then', () => {
    const { tab, setHidden, setTasks } = start([taskData({ id: 'a', progress: progressData(46) })]);
    setHidden(false);
    expect(document.title).toBe('(46%) Create — Proofsheet');
    setTasks([done('a', 'Fog')]);
    tab.ended(done('a', 'Fog'));
    expect(document.title).toBe('Create — Proofsheet');
    setHidden(true);
    expect(document.title).toBe('Create — Proofsheet');
  });

  it('cuts a long prompt between characters, and distinguishes failures from results', () => {
    const { tab, setTasks } = start([]);
    setTasks([]);
    tab.ended(taskData({ id: 'a', status: 'FAILED', prompt: '🦊'.repeat(60) }));
    expect(document.title).toBe(`Did not develop: ${'🦊'.repeat(39)}…`);
  });

  it('leaves the icon as it found it', () => {
    const { tab, dispose } = start([]);
    tab.ended(done('a', 'Fog'));
    dispose();
    expect(icon()).toBe('/favicon.svg');
  });
});
