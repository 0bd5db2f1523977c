const WIDTH = 760;
const LEFT = 150;
const RIGHT = 150;
const BAR = 14;
const GAP = 18;
const NAMES = { behalf: 'Behalf', 'oidc-provider': 'oidc-provider on PostgreSQL' };
const COLORS = { behalf: '#4f5bd5', 'oidc-provider in memory': '#9aa0b4', 'oidc-provider': '#c3c7d4' };

/** Requests per second as bars, an operation a group; readable on a light and on a dark page. */
export function chart(table) {
  const names = Object.keys(COLORS).filter((name) => name in table[0].contenders);
  const highest = Math.max(...table.flatMap(({ contenders }) => names.map((name) => contenders[name].rate)));
  const group = names.length * (BAR + 3) + GAP;
  const bars = table.flatMap(({ operation, contenders }, place) => [
    text(LEFT - 12, place * group + (names.length * (BAR + 3)) / 2 + 4, operation, 'end', 'label'),
    ...names.flatMap((name, row) => {
      const { rate } = contenders[name];
      const width = Math.max(2, ((WIDTH - LEFT - RIGHT) * rate) / highest);
      const y = place * group + row * (BAR + 3);
      const share = name === 'behalf' ? '' : `, Behalf ${(contenders.behalf.rate / rate).toFixed(1)} x`;
      return [
        `<rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="3" fill="${COLORS[name]}"/>`,
        text(LEFT + width + 8, y + 11, `${Math.round(rate).toLocaleString('en')}/s${share}`, 'start', 'figure'),
      ];
    }),
  ]);
  const height = table.length * group + 30;
  const legend = names.flatMap((name, place) => [
    `<rect x="${LEFT + place * 190}" y="${height - 22}" width="11" height="11" rx="3" fill="${COLORS[name]}"/>`,
    text(LEFT + place * 190 + 17, height - 12, NAMES[name] ?? name, 'start', 'figure'),
  ]);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Requests per second of Behalf and oidc-provider">
<style>text{font-family:Inter,system-ui,sans-serif;fill:#7a8090}.label{font-size:13px;font-weight:600}.figure{font-size:11px}</style>
${[...bars, ...legend].join('\n')}
</svg>
`;
}

const text = (x, y, words, anchor, of) => `<text x="${x.toFixed(1)}" y="${y}" text-anchor="${anchor}" class="${of}">${words}</text>`;
