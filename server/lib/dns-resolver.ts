import { Resolver } from 'node:dns/promises';

/**
 * Finds the addresses of a name by DNS alone. The system's resolver would occupy one of the few threads of the process,
 * which files and passwords need, for as long as a name server is silent.
 * @param servers `address:port`. Default: those of the system.
 */
export function createDnsResolver(servers?: readonly string[]) {
  const resolver = new Resolver({ timeout: 3_000, tries: 2 });
  if (servers) resolver.setServers(servers);

  /** The IPv4 and IPv6 addresses of the name. @throws the resolver's error where there are none */
  return async (hostname: string): Promise<string[]> => {
    const answers = [resolver.resolve4(hostname), resolver.resolve6(hostname)];
    const found = (await Promise.allSettled(answers)).flatMap((answer) =>
      answer.status === 'fulfilled' ? answer.value : [],
    );
    return found.length > 0 ? found : answers[0]!;
  };
}
