import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { proxyErrorPage, sendText } from '../lib/loopback-server.ts';
import type { Script } from '../lib/script.ts';
import type { Tally } from '../lib/tally.ts';
import { insufficientCredit, lowCredit, sendProblem, throttled, unauthenticated } from './problems.ts';

interface Scripted {
  prompt: string;
  script: Script;
}

const interruption = 'Prediction interrupted; please retry (code: PA)';

/** Answers a creation that the prompt's words refuse, and says whether it did; nothing is created then. */
export function refuseByScript(
  response: ServerResponse,
  { prompt, script }: Scripted,
  tally: Tally,
): boolean {
  if (script.has('auth')) sendProblem(response, unauthenticated);
  else if (script.has('no-credit')) sendProblem(response, insufficientCredit);
  else if (script.has('quota')) sendProblem(response, lowCredit);
  else if (isFirst('rate-limited', { prompt, script }, tally)) sendProblem(response, throttled(1));
  else if (script.has('outage')) sendText(response, 502, proxyErrorPage, 'text/html; charset=UTF-8');
  else if (script.has('bad-response')) sendText(response, 201, proxyErrorPage, 'text/html; charset=UTF-8');
  else return false;
  return true;
}

/** The error with which the prompt's words end a prediction. */
export function scriptedError({ prompt, script }: Scripted, tally: Tally): string | undefined {
  if (script.has('blocked')) {
    const suffix = randomBytes(4).toString('hex');
    return `The input or output was flagged as sensitive. Please try again with different inputs. (E005) (${suffix})`;
  }
  if (isFirst('interrupted', { prompt, script }, tally)) return interruption;
  if (!script.has('failed')) return undefined;
  const code = script.text('failed')?.toUpperCase();
  if (code === undefined) return 'The model could not generate an image for this prompt';
  return code === 'PA' ? interruption : `Director: unexpected error handling prediction (${code})`;
}

function isFirst(word: 'interrupted' | 'rate-limited', { prompt, script }: Scripted, tally: Tally): boolean {
  return script.has(word) && tally.isAmongFirst(script.number(word, 1), prompt, word);
}
