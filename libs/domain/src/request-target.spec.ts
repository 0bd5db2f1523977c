import { originForm } from './request-target.js';

it.each([
  ['/oauth2/token', '/oauth2/token'],
  ['/oauth2/authorize?redirect_uri=https://app.test/', '/oauth2/authorize?redirect_uri=https://app.test/'],
  ['//other.test/path', '//other.test/path'],
  ['http://other.test/oauth2/token?a=b', '/oauth2/token?a=b'],
  ['HTTPS://other.test:8443/x', '/x'],
  ['http://other.test', '/'],
  ['http://other.test?a=b', '/?a=b'],
  ['', '/'],
  ['*', '*'],
  ['ftp://other.test/x', 'ftp://other.test/x'],
])('%j asks for %j', (target, path) => {
  expect(originForm(target)).toBe(path);
});
