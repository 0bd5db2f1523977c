/**
 * What each address loads first, compressed, in a browser that has nothing yet.
 *
 * @param signIn for the addresses behind the sign-in; what it loads itself does not count
 * @returns bytes of script and style by address
 */
export async function measureLoads(browser, issuer, { open, behind }, signIn) {
  const context = await browser.newContext();
  await signIn(await context.newPage());
  const storageState = await context.storageState();
  await context.close();
  const loads = [];
  for (const address of open) loads.push({ address, ...(await measure(browser, issuer + address, {})) });
  for (const address of behind) loads.push({ address, ...(await measure(browser, issuer + address, { storageState })) });
  return loads;
}

async function measure(browser, url, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const files = { script: new Set(), stylesheet: new Set() };
  page.on('request', (request) => files[request.resourceType()]?.add(request.url()));
  await page.goto(url, { waitUntil: 'networkidle' });
  await context.close();
  const [script, style] = [await total(files.script), await total(files.stylesheet)];
  if (script === 0) throw new Error(`${url} loaded no script.`);
  return { script, style };
}

/** As it goes over https: over http, as here, browsers ask for gzip alone. */
async function total(urls) {
  let bytes = 0;
  for (const url of urls) {
    const response = await fetch(url, { method: 'HEAD', headers: { 'accept-encoding': 'br' } });
    bytes += Number(response.headers.get('content-length'));
  }
  return bytes;
}
