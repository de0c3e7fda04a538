/** nginx, HAProxy and Caddy with their files of deploy/, before three nodes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { reusablePort } from './reusable-port.ts';

export interface Balancer {
  url: string;
  /** Sends requests to these nodes only. Does nothing where the balancer checks the health of nodes itself. */
  use(nodes: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

type Start = (setup: { folder: string; port: number; nodes: readonly string[] }) => Promise<{
  process: ChildProcess;
  use?: Balancer['use'];
}>;

const deploy = path.join(import.meta.dirname, '../../deploy');

/** The file, with the addresses of the three nodes and its own in place of those that are written there. */
async function configure(file: string, nodes: readonly string[], own: [string, string]): Promise<string> {
  const text = await readFile(path.join(deploy, file), 'utf8');
  const left = [...nodes];
  const withNodes = text.replaceAll(/127\.0\.0\.1:400\d|node-\d:4000/g, () => left.shift()!);
  if (left.length > 0 || !withNodes.includes(own[0])) throw new Error(`${file} has other addresses`);
  return withNodes.replace(...own);
}

/** @throws where the command is not installed */
async function run(
  command: string,
  options: string[],
  env: Record<string, string> = {},
): Promise<ChildProcess> {
  const started = spawn(command, options, {
    env: { PATH: `${process.env['PATH']}:/usr/sbin`, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await once(started, 'spawn');
  return started;
}

/** Resolves once the process has written a line that contains the text. */
async function whenLogged({ stderr }: ChildProcess, text: string): Promise<void> {
  let written = '';
  for await (const chunk of stderr!.iterator({ destroyOnReturn: false })) {
    written += String(chunk);
    if (written.includes(text)) return void stderr!.resume();
  }
  throw new Error(`It ended: ${written}`);
}

const starts = {
  async nginx({ folder, port, nodes }) {
    const main = path.join(folder, 'nginx.conf');
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${folder}/${name};`,
    );
    const write = async (isUsed: (node: string) => boolean) => {
      const addresses = nodes.map((node) => (isUsed(node) ? node : `${node} down`));
      const site = await configure('nginx/proofsheet.conf', addresses, ['80;', `127.0.0.1:${port};`]);
      await writeFile(
        main,
        `daemon off; pid ${folder}/pid; error_log stderr notice; events {}
        http { access_log off; ${temporary.join(' ')} include /etc/nginx/mime.types; ${site} }`,
      );
    };
    await write(() => true);
    const process = await run('nginx', ['-e', 'stderr', '-c', main]);
    await whenLogged(process, 'start worker process ');
    return {
      process,
      async use(used) {
        await write((node) => used.includes(node));
        const reloaded = whenLogged(process, 'gracefully shutting down');
        process.kill('SIGHUP');
        await reloaded;
      },
    };
  },
  async haproxy({ folder, port, nodes }) {
    const file = path.join(folder, 'haproxy.cfg');
    await writeFile(
      file,
      await configure('haproxy/haproxy.cfg', nodes, ['bind :80\n', `bind 127.0.0.1:${port}\n`]),
    );
    return { process: await run('haproxy', ['-db', '-f', file]) };
  },
  async caddy({ folder, port, nodes }) {
    const file = path.join(folder, 'Caddyfile');
    const own: [string, string] = ['\nproofsheet.example.com {', `\nhttp://127.0.0.1:${port} {`];
    await writeFile(file, `{\n\tadmin off\n}\n${await configure('caddy/Caddyfile', nodes, own)}`);
    return {
      process: await run('caddy', ['run', '--adapter', 'caddyfile', '--config', file], { HOME: folder }),
    };
  },
} satisfies Record<string, Start>;

export type BalancerName = keyof typeof starts;
export const balancerNames = Object.keys(starts) as BalancerName[];

/** @param nodes The three addresses of nodes, as `127.0.0.1:4001`. @returns the balancer, once it answers for a node */
export async function startBalancer(name: BalancerName, nodes: readonly string[]): Promise<Balancer> {
  const folder = await mkdtemp(path.join(tmpdir(), `proofsheet-${name}-`));
  // As root, nginx gives its folders to a user without rights.
  await chmod(folder, 0o755);
  const port = await reusablePort();
  const started: Awaited<ReturnType<Start>> = await starts[name]({ folder, port, nodes });
  const { process, use = async () => {} } = started;
  process.stderr?.resume();
  const url = `http://127.0.0.1:${port}`;
  const isReady = () =>
    fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady())) {
    if (process.exitCode !== null) throw new Error(`${name} ended with ${process.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url,
    use,
    async stop() {
      const ended = once(process, 'exit');
      process.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
