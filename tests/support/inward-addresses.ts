/** Addresses that lead somewhere else than to the public internet, or are no address to fetch, and what their names lead to. */

/** Host spellings of addresses that are not public. */
const spellings = `
  Loopback, in every spelling that URLs have for it:
  127.0.0.1 127.1 127.0.1 127.255.255.254 2130706433 017700000001 0x7f000001 0x7f.0.0.1 0177.0.0.1 0x7f.1 127.0.0.1.
  %31%32%37.0.0.1 １２７.０.０.１ ①②⑦.⓪.⓪.① 127。0。0。1 127%2e0%2e0%2e1 0000177.0.0.1 0x7F.0x0.0x0.0x1
  [::1] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [::]
  This network, private and shared networks:
  0 0.0.0.0 0.1.2.3 00000000 10.0.0.1 10.255.255.255 0x0a000001 012.0.0.1 167772161 172.16.0.1 172.31.255.255
  192.168.0.1 192.168.1 3232235521 0300.0250.0.1 100.64.0.1 100.127.255.255 100.100.100.200
  Link-local, and what clouds put there or elsewhere:
  169.254.169.254 169.254.1 2852039166 0xa9fea9fe 0251.0376.0251.0376 168.63.129.16
  [fe80::1] [febf::1] [fec0::1] [fd00:ec2::254] [fc00::1] [fdff::1]
  Addresses that carry an IPv4 address: mapped, compatible, NAT64, 6to4, Teredo:
  [::ffff:10.0.0.1] [::ffff:a9fe:a9fe] [::ffff:0:10.0.0.1] [::10.0.0.1] [64:ff9b::10.0.0.1] [64:ff9b::a9fe:a9fe]
  [64:ff9b::808:808] [64:ff9b:1::a00:1] [2002:a00:1::] [2002:7f00:1::1] [2001:0:a00:1::] [2001::ffff:ffff]
  Protocol assignments, documentation, benchmarks, multicast, reserved, broadcast:
  192.0.0.1 192.0.2.1 192.88.99.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255
  240.0.0.1 255.255.255.255 4294967295
  [ff02::1] [ff0e::1] [2001:db8::1] [2001:2::1] [3fff::1] [100::1] [5f00::1] [4000::1]
`;
export const inwardHosts: readonly string[] = spellings
  .split('\n')
  .filter((line) => !line.endsWith(':'))
  .flatMap((line) => line.split(' '))
  .filter(Boolean);

export const publicAddresses = ['93.184.215.14', '2606:4700::1111'] as const;
const [ipv4, ipv6] = publicAddresses;

/** What each name leads to, one answer after the other; the last one repeats. */
const names: Readonly<Record<string, readonly string[][]>> = {
  'public.example': [[ipv4]],
  'public6.example': [[ipv6]],
  localhost: [['127.0.0.1', '::1']],
  'localhost.': [['127.0.0.1']],
  'localhost.localdomain': [['127.0.0.1']],
  'loopback.example': [['127.0.0.1']],
  'private.example': [['10.0.0.1']],
  'metadata.example': [['169.254.169.254']],
  'mapped.example': [['::ffff:127.0.0.1']],
  'unique-local.example': [['fd00:ec2::254']],
  'zone.example': [['fe80::1%lo']],
  'mixed.example': [[ipv4, '10.0.0.1']],
  'mixed6.example': [[ipv6, '::1']],
  'rebinding.example': [[ipv4], ['127.0.0.1']],
  'empty.example': [[]],
};

/** A resolver of the names, from their first answers on. */
export function createNameResolver() {
  const left = structuredClone(names) as Record<string, string[][]>;
  return async (name: string): Promise<string[]> => {
    const answers = left[name];
    if (!answers) throw Object.assign(new Error('ENOTFOUND'), { code: 'ENOTFOUND', syscall: 'queryA' });
    return answers.length > 1 ? answers.shift()! : answers[0]!;
  };
}

/** What a public host answers: the redirect that `redirectTo` made the address for, or 404. */
export function publicAnswer({ searchParams }: URL): { status: number; location?: string } {
  const location = searchParams.get('to');
  return location === null ? { status: 404 } : { status: Number(searchParams.get('status')), location };
}

/** An address of a public host that answers with a redirect. */
function redirectTo(address: string, status: number, host = 'public.example'): string {
  return `http://${host}/?${new URLSearchParams({ status: String(status), to: address })}`;
}

const inwardNames = Object.keys(names).filter((name) => !/^(public|rebinding)/.test(name));

/** Other schemes, ports, credentials and malformed addresses, which leave no host to ask. */
const unusable = [
  'file:///etc/passwd',
  'file://127.0.0.1/etc/passwd',
  'ftp://public.example/0.png',
  'data:image/png;base64,AAAA',

  'gopher://127.0.0.1:6379/_INFO',
  'javascript:alert(1)',
  'ws://127.0.0.1/',
  'blob:http://127.0.0.1/0',
  'jar:http://127.0.0.1!/',

  'http://public.example:22/',
  'http://public.example:443/',
  'https://public.example:80/',
  'https://public.example:8443/',

  'http://public.example:6379/',
  'http://public.example:0/',
  'http://public.example:65536/',
  'http://127.0.0.1:8080/',

  'http://user@public.example/',
  'http://user:password@public.example/',
  'http://public.example@127.0.0.1/',
  'http://127.0.0.1@public.example/',
  'http://:@127.0.0.1/',
  'http://public.example%40127.0.0.1/',

  '',
  ' ',
  'http://',
  'http:',
  '//127.0.0.1/',
  '/etc/passwd',
  '127.0.0.1',
  'http://[::1%25lo]/',
  'http://[fe80::1%lo]/',

  'http://1.2.3.4.5/',
  'http://256.256.256.256/',
  'http://0x100000000/',
  'http://127.0.0.1%00.public.example/',

  'http://[127.0.0.1]/',
  'http://[::1',
  'http://::1/',
  'http://public.example:80:22/',
  'http://127.0.0.1 public.example/',
];

/** Spellings of whole addresses that parsers disagree about; each has a host that is not public. */
const confusing = [
  'http:\\\\127.0.0.1\\',
  'http:127.0.0.1',
  'http:/127.0.0.1/',
  'http:////127.0.0.1/',
  'HTTP://127.0.0.1/',
  'hTtPs://127.0.0.1/',

  'http://127.0.0.1\\@public.example/',
  'http://127.0.0.1#@public.example/',
  'http://127.0.0.1?@public.example/',

  'http://127.0.0.1\r\n/',
  'http://127.0\t.0.1/',
  'ht\ntp://127.0.0.1/',
  ' http://127.0.0.1/ ',
  'http://127.0.0.1/%0d%0aHost:%20x',

  'http://127.0.0\u00ad.1/',
  'http://\u{1d7cf}27.0.0.1/',
  'http://127．0．0．1/',
  'http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/',
  'http://LOCALHOST/',

  'http://localhost:80/',
  'https://127.0.0.1:443/',
  `http://127.0.0.1/${'a'.repeat(8_000)}`,
  `http://public.example/${'a'.repeat(8_192)}`,

  'http://unknown.example/',
  'http://xn--/',
  'http://аpple.example/',
  `http://${'a'.repeat(300)}.example/`,
];

/** Addresses that a fetch must refuse, after redirects by public hosts or at once. */
export const inwardAddresses: readonly string[] = [
  ...inwardHosts.flatMap((host) => [`http://${host}/`, `https://${host}/`]),
  ...[301, 302, 303, 307, 308].flatMap((status) =>
    [...inwardHosts, ...inwardNames].map((host) => redirectTo(`http://${host}/`, status)),
  ),
  ...inwardNames.flatMap((name) => [`http://${name}/`, `https://${name}/`, `http://${name.toUpperCase()}/`]),
  ...unusable,
  ...unusable.filter((address) => /^\w+:./.test(address)).map((address) => redirectTo(address, 302)),
  ...confusing,
  redirectTo('//127.0.0.1/', 302),
  redirectTo('https://127.0.0.1/', 307),
  redirectTo(redirectTo('http://10.0.0.1/', 301, 'public6.example'), 308),
  redirectTo('http://rebinding.example/', 302, 'rebinding.example'),
  redirectTo('/', 302, 'rebinding.example'),
];
