import { cleanup, render, screen } from '@solidjs/testing-library';
import { createSignal } from 'solid-js';
import { afterEach, describe, expect, it } from 'vitest';
import { CostLine } from './submit-row.tsx';

function show(cost: number | undefined, balance: number | undefined) {
  const [costCredits, setCost] = createSignal(cost);
  render(() => <CostLine costCredits={costCredits()} balanceCredits={balance} />);
  const line = screen.getByRole('status');
  return { text: () => line.textContent, setCost };
}

afterEach(cleanup);

describe('the cost line', () => {
  it('shows the cost and the balance after it', () => {
    expect(show(8, 20).text()).toBe('Costs 8 credits12 left after');
  });

  it('speaks of one credit as one', () => {
    expect(show(1, 1).text()).toBe('Costs 1 credit0 left after');
  });

  it('says so where credits do not reach, and never a figure below zero', () => {
    expect(show(8, 3).text()).toBe('This costs 8 credits and you have 3.');
  });

  it('asks a visitor to sign in', () => {
    expect(show(8, undefined).text()).toBe('Costs 8 creditsSign in to see your credits');
  });

  it('shows no cost until it is known', () => {
    const { text, setCost } = show(undefined, 20);
    expect(text()).toBe('The cost shows up here');
    setCost(4);
    expect(text()).toBe('Costs 4 credits16 left after');
  });

  it('shows a visitor the free credits of a new account, if there are any', () => {
    const freeText = (freeCredits: number) =>
      render(() => <CostLine costCredits={8} balanceCredits={undefined} freeCredits={freeCredits} />)
        .container.textContent;
    expect(freeText(20)).toBe('Costs 8 credits20 credits free when you sign up');
    expect(freeText(0)).toBe('Costs 8 creditsSign in to see your credits');
  });
});
