import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const setUp = 'ip link set lo up && ip route add local 0.0.0.0/0 dev lo && ip -6 route add local ::/0 dev lo';

/**
 * Runs a script in a network namespace that has only the loopback device, which owns every address: whatever the script
 * connects to is itself. Needs root, or a Linux that lets users create namespaces.
 * @returns what it prints
 */
export async function runInNetworkNamespace(script: URL): Promise<string> {
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', fileURLToPath(script)];
  const unshare = ['--net', '--map-root-user', 'sh', '-c', `${setUp} && exec "$0" "$@"`, ...node];
  const { stdout } = await promisify(execFile)('unshare', unshare, { maxBuffer: 10_000_000 });
  return stdout;
}
