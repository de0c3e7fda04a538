import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { withinCpuTime } from './cpu-time.ts';

/** Runs the script in a process of its own, whose CPU time nothing else uses. */
function run(script: string) {
  const { href } = new URL('cpu-time.ts', import.meta.url);
  const head = `import { withinCpuTime } from ${JSON.stringify(href)};
    const used = (start) => { const { user, system } = process.cpuUsage(start); return user + system; };
    const spin = (seconds) => { for (const start = process.cpuUsage(); used(start) < seconds * 1e6;); };
    const spinFor = async (seconds) => { for (let spun = 0; spun < seconds; spun += 0.02) { spin(0.02); await new Promise(setImmediate); } };`;
  const options = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', head + script];
  const child = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.setEncoding('utf8');
  return child;
}

describe('a limit of CPU time', () => {
  it('refuses work that uses more', async () => {
    const child =
      run(`console.log(await withinCpuTime(0.2, spinFor(30)).catch(({ code, message }) => code + ' ' + message));
      process.exit();`);
    const [output] = (await once(child.stdout, 'data')) as [string];
    expect(output.trim()).toBe(
      'UNREADABLE_IMAGE This image takes too long to read. Make it smaller, or try another PNG, JPEG or WebP.',
    );
  });

  it('does not count the time in which the machine runs something else', async () => {
    const child =
      run(`const work = (async () => { await spinFor(0.1); console.log('ready'); await spinFor(0.1); return 'done'; })();
      console.log(await withinCpuTime(1, work).catch(({ code }) => code));`);
    await once(child.stdout, 'data');
    child.kill('SIGSTOP');
    // Longer than the limit on the clock; what is measured is that the process gets no time at all.
    const resumed = Date.now() + 1_500;
    await expect.poll(() => Date.now()).toBeGreaterThan(resumed);
    child.kill('SIGCONT');
    const [output] = (await once(child.stdout, 'data')) as [string];
    expect(output.trim()).toBe('done');
  });

  it('settles as the work does', async () => {
    expect(await withinCpuTime(10, Promise.resolve(1))).toBe(1);
    await expect(withinCpuTime(10, Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  });
});
