import { expect, test } from '@playwright/test';

test('the console’s scripts and styles are sent compressed to whoever takes that, and whole to whoever does not', async ({ request }) => {
  const page = await (await request.get('/login')).text();
  const files = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+\.(?:js|css))"/g)].map(([, path]) => path!);
  expect(files.length).toBeGreaterThan(1);
  for (const file of files) {
    const whole = await request.head(file, { headers: { 'accept-encoding': 'identity' } });
    expect(whole.headers()['content-encoding']).toBeUndefined();
    for (const encoding of ['br', 'gzip']) {
      const sent = await request.head(file, { headers: { 'accept-encoding': encoding } });
      expect(sent.headers()).toMatchObject({
        'content-encoding': encoding,
        'content-type': whole.headers()['content-type'],
        vary: expect.stringMatching(/accept-encoding/i),
        'cache-control': whole.headers()['cache-control'],
      });
      expect(Number(sent.headers()['content-length'])).toBeLessThan(Number(whole.headers()['content-length']) / 2);
    }
  }
});
