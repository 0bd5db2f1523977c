import { nameDoubts } from './name-doubt.js';

const codes = (name: string) => nameDoubts(name).map(({ code }) => code);

it.each([
  'Acme',
  'sales-sync 2',
  'Société Générale',
  'Škoda Łódź',
  'İstanbul ığüşöç',
  'Банк Москва',
  'Компания с офисом',
  'Acme Москва',
  'Εθνική Τράπεζα',
  'שלום אקמי',
  'شركة أكمي',
  'トヨタ自動車',
  'LINEヤフー',
  'Tシャツ屋さん',
  '삼성SDS',
  '台灣ㄅㄆㄇ',
  'ธนาคารกรุงไทย',
  'भारतीय स्टेट बैंक',
  'Հայաստան',
  'Acme™ 24/7: R&D (Labs)',
  '1ª Nº CO₂ 5 µm',
  'Ĳsselmeer',
  'Nguyễn Thị',
  'e\u0301cole',
])('%j gives no reason to look twice', (name) => {
  expect(codes(name)).toEqual([]);
});

it.each([
  ['\u0410cme', 'mixed_scripts'],
  ['Acm\u0435 Москва', 'mixed_scripts'],
  ['Go\u03bfgle', 'mixed_scripts'],
  ['Acme\u05d0', 'mixed_scripts'],
  ['\u13aacme', 'mixed_scripts'],
  ['Acm\u0e50\u0e01', 'mixed_scripts'],
  ['\u0410\u0441\u0435', 'lookalike_letters'],
  ['My \u0430\u0440\u0440', 'lookalike_letters'],
  ['\u039f\u039a', 'lookalike_letters'],
  ['\uff21\uff43\uff4d\uff45', 'disguised_characters'],
  ['\u{1d400}cme', 'disguised_characters'],
  ['\u24b6cme', 'disguised_characters'],
  ['\ufb01nance', 'disguised_characters'],
  ['ɑcme', 'disguised_characters'],
  ['\u1d00\u1d04\u1d0d\u1d07', 'disguised_characters'],
  ['acme\uff0ecom', 'disguised_characters'],
  ['acme.com\u2215login', 'disguised_characters'],
  ['Acme\u0336\u0301\u0316\u0323\u0331', 'stacked_marks'],
])('%j is marked: %s', (name, code) => {
  expect(codes(name)).toContain(code);
});

it.each([
  ['\u0410cme', 'mixes Cyrillic and Latin letters in one word'],
  ['\u0410\u0441\u0435', 'has Cyrillic letters that look like Latin ones'],
])('says what %j does: it %s', (name, detail) => {
  expect(nameDoubts(name)[0]).toMatchObject({ detail });
});

it('puts up with any text', () => {
  for (const text of ['', '\ud800', '\u{10ffff}', ' ', '🙂']) expect(codes(text)).toEqual([]);
});
