import { parseBasic } from './basic-credentials.js';

const header = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

it.each<[what: string, text: string, read: [client_id: string, client_secret: string] | null]>([
  ['letters and digits', 'abc:123', ['abc', '123']],
  ['each half encoded by itself, a space as +', 'a%3Ab:a%2Bb%2520+c%3Ad', ['a:b', 'a+b%20 c:d']],
  ['what needs no encoding, encoded', '%61-%5f:%62%2D%5F', ['a-_', 'b-_']],
  ['what needs no encoding, raw', 'a-_~.:b-_~.', ['a-_~.', 'b-_~.']],
  ['colons behind the first', 'a:b:c::', ['a', 'b:c::']],
  ['no secret', 'a:', ['a', '']],
  ['UTF-8', '%C3%A9:é', ['é', 'é']],
  ['no colon', 'a%3Ab', null],
  ['half an escape', 'a:b%', null],
  ['an escape of no UTF-8', 'a:%FF', null],
])('Basic credentials with %s are read as they were meant (CA-03)', (_, text, read) => {
  const found = parseBasic(header(text));
  expect(found && [found.client_id, found.client_secret]).toEqual(read);
});
