import { isUuid } from './uuid.js';

const ID = '0f8fad5b-d9cb-469f-a165-70867728950e';

it.each<[unknown, boolean]>([
  [ID, true],
  [ID.toUpperCase(), true],
  ['00000000-0000-0000-0000-000000000000', true],
  [`${ID}\n`, false],
  [` ${ID}`, false],
  [`{${ID}}`, false],
  [ID.replaceAll('-', ''), false],
  [`${ID}0`, false],
  [ID.replace('f', 'g'), false],
  ['', false],
  [undefined, false],
  [[ID], false],
])('whether %j is a UUID: %j', (value, expected) => {
  expect(isUuid(value)).toBe(expected);
});
