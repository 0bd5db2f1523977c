import type { Page, UiSession } from '@behalf/domain';
import { join } from 'node:path';
import { type Api, startApi } from './support/api.js';
import { Browser } from './support/browser.js';
import { DEV, PASSWORD } from './support/constants.js';

/** Made with the Python package mmdb_writer: MaxMind's city shape, ip-location-db's flat one, and rows that lack a part. */
const CITY_FILE = join(__dirname, 'support/city.mmdb');

/** Signs in with the given headers, and answers how that session is listed. */
async function sessionFrom(api: Api, headers: Record<string, string>): Promise<UiSession> {
  const browser = new Browser(api);
  const answer = await browser.post('/api/v1/session', { email: DEV, password: PASSWORD }, headers);
  if (answer.status !== 201) throw new Error(`sign-in answered ${answer.status} ${answer.text}`);
  const { body } = await browser.get<Page<UiSession>>('/api/v1/ui-sessions?limit=200');
  return body.items.find(({ current }) => current)!;
}

const from = (address: string) => ({ 'x-forwarded-for': address });

describe('behind proxies that are named in TRUSTED_PROXIES', () => {
  let api: Api;

  beforeAll(async () => {
    api = await startApi({ TRUSTED_PROXIES: '127.0.0.1/32, 10.0.0.0/8, 2001:db8:ffff::/48', GEOIP_DATABASE: CITY_FILE });
  });

  afterAll(() => api.stop());

  it.each<[string, string, string | null, string]>([
    ['the one address there is', '203.0.113.7', '203.0.113.7', 'Frankfurt, Germany'],
    ['the one before a proxy of ours', '203.0.113.7, 10.1.2.3', '203.0.113.7', 'Frankfurt, Germany'],
    ['the one before two proxies of ours', '198.51.100.7, 10.1.2.3, 10.4.5.6', '198.51.100.7', 'Tel Aviv, Israel'],
    ['never what the caller wrote before itself', '203.0.113.7, 198.51.100.7', '198.51.100.7', 'Tel Aviv, Israel'],
    ['never a proxy of ours that the caller named', '10.9.9.9, 198.51.100.200', '198.51.100.200', 'France'],
    ['the outermost where all are ours', '10.9.9.9, 10.1.2.3', '10.9.9.9', 'Local network'],
    ['an IPv6 address, through an IPv6 proxy', '2001:db8::7, 2001:db8:ffff::1', '2001:db8::7', 'Japan'],
    ['IPv4 in its own form', '::ffff:203.0.113.7', '203.0.113.7', 'Frankfurt, Germany'],
    ['an address without its port', '203.0.113.7:4711', '203.0.113.7', 'Frankfurt, Germany'],
    ['an IPv6 address without its port', '[2001:db8::7]:4711', '2001:db8::7', 'Japan'],
    ['one that no file knows', '192.0.2.1', '192.0.2.1', 'Unknown'],
    ['a unique local one', 'fd00::7', 'fd00::7', 'Local network'],
    ['nothing where the nearest is no address', "'; DROP TABLE", null, 'Unknown'],
    ['the nearest, whatever nonsense stands before it', 'nonsense, 203.0.113.7', '203.0.113.7', 'Frankfurt, Germany'],
  ])('X-Forwarded-For is walked from the right: %s', async (_, header, ip_address, location) => {
    expect(await sessionFrom(api, from(header))).toMatchObject({ ip_address, location });
  });
});

describe('without TRUSTED_PROXIES', () => {
  let api: Api;

  beforeAll(async () => {
    api = await startApi();
  });

  afterAll(() => api.stop());

  it('nobody is believed: the address is the connection’s own', async () => {
    expect(await sessionFrom(api, from('203.0.113.7'))).toMatchObject({ ip_address: '127.0.0.1', location: 'Local network' });
  });

  it.each([
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
      { browser: 'Chrome 141', os: 'macOS', device: 'desktop' },
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1',
      { browser: 'Safari 26', os: 'iOS', device: 'mobile' },
    ],
    ['Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', { browser: 'Firefox 145', device: 'desktop' }],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0',
      { browser: 'Edge 141', os: 'Windows', device: 'desktop' },
    ],
    ['curl/8.5.0', { os: 'Unknown' }],
    ['?', { browser: 'Unknown', os: 'Unknown', device: 'Unknown' }],
  ])('says of %j which browser and device it is', async (agent, client) => {
    expect((await sessionFrom(api, { 'user-agent': agent })).client).toMatchObject(client);
  });
});

it('the country file that comes along knows public addresses by country alone', async () => {
  const api = await startApi({ TRUSTED_PROXIES: '127.0.0.1' });
  expect((await sessionFrom(api, from('8.8.8.8'))).location).toBe('United States');
  expect((await sessionFrom(api, from('2001:4860:4860::8888'))).location).toBe('United States');
  await api.stop();
});

it('a GEOIP_DATABASE that is none stops the start, and says so', async () => {
  await expect(startApi({ GEOIP_DATABASE: __filename })).rejects.toThrow(/GEOIP_DATABASE .* is not an \.mmdb file that can be read/);
});
