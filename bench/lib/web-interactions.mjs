/** An event is over at the next paint; what comes after it, such as rows that were fetched, is told by its longest frame. */
const SETTLED_MILLISECONDS = 400;
const PAUSE_MILLISECONDS = 20;
const SCREEN_PIXELS = 800;

// Selectors of CSS: roles are computed for the whole page, which takes long and stands in the page's own way.
const rows = (page) => page.locator('tbody tr');
/** In the page: rows that are loaded. Of very many only those in view are drawn; the table says how many there are, its head among them. */
const countRows = () => {
  const table = document.querySelector('table');
  return table?.ariaRowCount ? Number(table.ariaRowCount) - 1 : document.querySelectorAll('tbody tr[data-openable]').length;
};
/** Rows that are loaded, drawn or not. */
export const rowsOf = (page) => page.evaluate(countRows);
async function moreRowsThan(page, count) {
  while ((await rowsOf(page)) <= count) await page.waitForTimeout(PAUSE_MILLISECONDS);
}
const drawer = (page) => page.locator('[role="dialog"][aria-label="Edit OAuth client"]');
async function openDrawer(page, n) {
  await rows(page).nth(n).locator('td').nth(5).click();
  await drawer(page).locator('input[type="text"]').first().waitFor();
}
const nameHead = (page) => page.locator('th:has(> .b-sort)', { hasText: 'Name' });
const search = (page) => page.locator('input[aria-label="Search"]');
const LETTERS = 'service';

/** Coming into view is scrolling, and no part of the answer to a click. */
const inView = (locator) => locator.evaluate((element) => element.scrollIntoView({ block: 'center' }));
const toTop = (page) => page.evaluate(() => window.scrollTo(0, 0));

/**
 * What a hand does on the list, as often as `turns` says. `before` brings it there, and `after` puts the list back; neither is measured.
 */
export const INTERACTIONS = {
  'Show more': {
    turns: 5,
    before: (page) => inView(page.locator('button', { hasText: 'Show more' })),
    turn: async (page) => {
      await rows(page).first().waitFor();
      const count = await rowsOf(page);
      await page.locator('button', { hasText: 'Show more' }).click();
      await moreRowsThan(page, count);
    },
  },
  'Scroll ten screens': {
    turns: 3,
    turn: async (page) => {
      for (let screens = 0; screens < 10; screens += 1) {
        await page.mouse.wheel(0, -SCREEN_PIXELS);
        await page.waitForTimeout(PAUSE_MILLISECONDS);
      }
    },
  },
  'Tick a row': {
    turns: 6,
    before: toTop,
    turn: (page, n) => page.locator('tbody input[aria-label^="Select "]').nth(n).click(),
  },
  'Select all': { turns: 4, turn: (page) => page.locator('input[aria-label="Select all clients shown"]').click() },
  'Open a drawer': {
    turns: 4,
    before: toTop,
    turn: openDrawer,
    after: async (page) => {
      await drawer(page).locator('button', { hasText: 'Cancel' }).click();
      await drawer(page).waitFor({ state: 'detached' });
    },
  },
  // A client that was looked at before: nothing is fetched first.
  'Open it again': {
    turns: 4,
    turn: openDrawer,
    after: async (page) => {
      await page.keyboard.press('Escape');
      await drawer(page).waitFor({ state: 'detached' });
    },
  },
  'Close a drawer': {
    turns: 4,
    before: openDrawer,
    turn: async (page) => {
      await page.keyboard.press('Escape');
      await drawer(page).waitFor({ state: 'detached' });
    },
  },
  'Type in the search': {
    turns: LETTERS.length,
    turn: (page, n) => search(page).press(LETTERS[n]),
    after: async (page, n) => {
      if (n < LETTERS.length - 1) return;
      await page.waitForURL(/search=service/);
    },
  },
  'Clear the search': {
    turns: 1,
    turn: async (page) => {
      await search(page).press('ControlOrMeta+a');
      await search(page).press('Delete');
      await page.waitForURL((url) => !url.search.includes('search='));
      // The rows that were there before the search come back all at once.
      await moreRowsThan(page, 50);
    },
  },
  'Sort by name': {
    turns: 4,
    turn: async (page) => {
      const before = await nameHead(page).getAttribute('aria-sort');
      await nameHead(page).locator('button').click();
      await page.waitForFunction(
        (was) =>
          [...document.querySelectorAll('th[aria-sort]')].some((th) => th.textContent === 'Name' && th.getAttribute('aria-sort') !== was),
        before,
      );
    },
  },
};

/** Records, in the page, when each interaction was painted and which frames were long. */
export async function watchPaints(page) {
  await page.addInitScript(() => {
    window.seen = [];
    new PerformanceObserver((list) => {
      for (const { interactionId, startTime, duration } of list.getEntries())
        if (interactionId) window.seen.push({ kind: 'paint', startTime, duration });
    }).observe({ type: 'event', durationThreshold: 16 });
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) window.seen.push({ kind: 'frame', startTime, duration });
    }).observe({ type: 'long-animation-frame' });
  });
  await showWhole(page);
  return { of: (act) => measure(page, act) };
}

/** Pixels for the browser's own bars, which a window without a screen has too. */
const BARS = 200;

/**
 * A window is as high as the page that was asked for, its bars among it, so that the page's lowest part is never shown. What changes there alone
 * counts as painted only with the next change elsewhere: a click on a button at the foot seems to last until the rows have come.
 */
async function showWhole(page) {
  const session = await page.context().newCDPSession(page);
  const { windowId, bounds } = await session.send('Browser.getWindowForTarget');
  await session.send('Browser.setWindowBounds', { windowId, bounds: { width: bounds.width, height: bounds.height + BARS } });
  await page.goto('data:text/html,<title>The lowest line</title>');
  const lowest = await measure(page, async () => {
    await page.evaluate(colourLowestLine, { slow: LEAST_TOLD_MILLISECONDS, elsewhere: ELSEWHERE_MILLISECONDS });
    await page.mouse.click(1, 1);
    await page.waitForTimeout(2 * ELSEWHERE_MILLISECONDS);
  });
  if (!lowest.paint || lowest.paint >= ELSEWHERE_MILLISECONDS) throw new Error('The window does not show the lowest line of the page.');
}

/** The browser tells of nothing that is over sooner than 16. */
const LEAST_TOLD_MILLISECONDS = 20;
const ELSEWHERE_MILLISECONDS = 500;

/** In the page: a click that changes the lowest line, and later what would be seen in any window. */
function colourLowestLine({ slow, elsewhere }) {
  const line = (place) =>
    document.body.insertAdjacentHTML('beforeend', `<i style="position:fixed;inset:${place};height:2px;background:red">`);
  addEventListener('click', ({ timeStamp }) => {
    while (performance.now() - timeStamp < slow);
    line('auto 0 0');
    setTimeout(line, elsewhere, '0 0 auto');
  });
}

/** @returns the slowest paint and the longest frame in milliseconds; 0 for what was too short to be told */
async function measure(page, act) {
  await settle(page);
  await page.evaluate(() => (window.seen = []));
  await act();
  await settle(page);
  const seen = await page.evaluate(() => window.seen);
  const longest = (kind) => Math.round(Math.max(0, ...seen.filter((each) => each.kind === kind).map(({ duration }) => duration)));
  return { paint: longest('paint'), frame: longest('frame') };
}

/** Until nothing has been fetched or painted late for a while. */
async function settle(page) {
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(SETTLED_MILLISECONDS);
}
