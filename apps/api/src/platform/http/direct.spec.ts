import type { IncomingMessage } from 'node:http';
import { DirectEndpoints } from './direct.js';
import { BODY_LIMIT_BYTES } from './limits.js';

const endpoints = new DirectEndpoints();
endpoints.serve('POST', '/oauth2/token', () => Promise.resolve('token'));
endpoints.serve('GET', '/oauth2/userinfo', () => Promise.resolve('userinfo'));

type Given = Partial<IncomingMessage>;
const FORM = { host: 'x', 'content-type': 'application/x-www-form-urlencoded', 'content-length': '10' };
const post = (headers: object = {}, given: Given = {}): Given => ({
  url: '/oauth2/token',
  method: 'POST',
  headers: { ...FORM, ...headers },
  ...given,
});
const get = (headers: object = {}, given: Given = {}): Given => ({
  url: '/oauth2/userinfo',
  method: 'GET',
  headers: { host: 'x', ...headers },
  ...given,
});

it.each<[string, boolean, Given]>([
  ['a form of a known length', true, post()],
  ['one with its charset named', true, post({ 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' })],
  ['the longest one', true, post({ 'content-length': String(BODY_LIMIT_BYTES) })],
  ['a GET without a body', true, get()],
  ['a longer form', false, post({ 'content-length': String(BODY_LIMIT_BYTES + 1) })],
  ['a form of no length', false, post({ 'content-length': '0' })],
  ['a length that is none', false, post({ 'content-length': '1e1' + '0'.repeat(20) })],
  ['chunks', false, post({ 'content-length': undefined, 'transfer-encoding': 'chunked' })],
  ['an encoded body', false, post({ 'content-encoding': 'gzip' })],
  ['JSON', false, post({ 'content-type': 'application/json' })],
  ['no type', false, post({ 'content-type': undefined })],
  ['a script of another origin', false, post({ origin: 'https://other.test' })],
  ['a query', false, post({}, { url: '/oauth2/token?token=x' })],
  ['another method', false, post({}, { method: 'PUT' })],
  ['HEAD', false, get({}, { method: 'HEAD' })],
  ['a GET with a body', false, get({ 'content-length': '4' })],
  ['another path', false, post({}, { url: '/oauth2/revoke' })],
  ['HTTP/1.0', false, post({}, { httpVersionMinor: 0 })],
  ['two hosts', false, post({}, { rawHeaders: ['Host', 'x', 'Host', 'y'] })],
])('served ahead of the framework, and nothing that is unusual: %s', (_, direct, given) => {
  const request = { httpVersionMajor: 1, httpVersionMinor: 1, rawHeaders: ['Host', 'x'], ...given };
  expect(endpoints.of(request as IncomingMessage) !== null).toBe(direct);
});
