/** The clock of this machine, compared with those of the database and of what answers over HTTP. */
import type { Config } from '../config/config.ts';
import { timeStatement } from '../database/heartbeat.ts';
import { withClients } from '../database/server-check.ts';
import { type ProviderName, providerNames } from '../models/catalogue.ts';
import { type Check, failed, type Finding, ok, skipped, warning } from './examination.ts';

const timeoutMs = 5_000;
/** S3 refuses signatures that are 15 minutes off, and providers' webhooks are checked to 5 minutes. */
const failedFromMs = 60_000;
/** A `Date` header has whole seconds, and its way takes some time. */
const warningFromMs = 5_000;

const providerOrigins: Readonly<Record<ProviderName, string>> = {
  replicate: 'https://api.replicate.com/v1',
  gemini: 'https://generativelanguage.googleapis.com',
};

/** A clock, and how far this machine's is ahead of it. */
interface Difference {
  whose: string;
  aheadMs: number;
}

export function clockCheck(config: Config): Check {
  return {
    name: 'clock',
    async run() {
      const asked = await Promise.all([askDatabase(config), ...serversOf(config).map(askServer)]);
      const known = asked.filter((difference) => difference !== undefined);
      const most = known.toSorted((one, other) => Math.abs(other.aheadMs) - Math.abs(one.aheadMs))[0];
      return most ? findingOf(most) : skipped('No other clock answers.');
    },
  };
}

function findingOf({ whose, aheadMs }: Difference): Finding {
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  const text = `This machine's clock is ${seconds} s ${aheadMs < 0 ? 'behind' : 'ahead of'} that of ${whose}`;
  if (Math.abs(aheadMs) >= failedFromMs)
    return failed(`${text}: signatures are refused. Set it by NTP on both (timedatectl set-ntp true).`);
  if (Math.abs(aheadMs) >= warningFromMs) return warning(`${text}. Set it by NTP on both.`);
  return ok(`It agrees with that of ${whose}.`);
}

/** Whom this installation talks to over HTTP. */
function serversOf({ providers, s3 }: Config): string[] {
  const used = providerNames.filter((name) => providers[name].key !== undefined);
  return [
    ...used.map((name) => providers[name].baseUrl ?? providerOrigins[name]),
    ...(s3 ? [s3.endpoint ?? `https://s3.${s3.region}.amazonaws.com`] : []),
  ];
}

/** Undefined where it does not answer, which other checks report. */
async function askDatabase({ databaseUrl }: Config): Promise<Difference | undefined> {
  if (databaseUrl === undefined) return undefined;
  return measure('the database', () =>
    withClients(databaseUrl, 1, async (client) => {
      const { rows } = await client!.query<{ ms: number }>(timeStatement);
      return rows[0]?.ms;
    }),
  );
}

function askServer(url: string): Promise<Difference | undefined> {
  return measure(new URL(url).host, async () => {
    const { headers } = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(timeoutMs) });
    return Date.parse(headers.get('date') ?? '');
  });
}

async function measure(
  whose: string,
  ask: () => Promise<number | undefined>,
): Promise<Difference | undefined> {
  const beforeMs = Date.now();
  const theirMs = await ask().catch(() => undefined);
  if (theirMs === undefined || Number.isNaN(theirMs)) return undefined;
  // The answer was made at some instant between.
  return { whose, aheadMs: (beforeMs + Date.now()) / 2 - theirMs };
}
