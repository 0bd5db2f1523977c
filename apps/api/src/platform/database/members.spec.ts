import { membersOf } from './members.js';

describe('membersOf', () => {
  it.each<[string, string[]]>([
    ['postgres://u:p@db:5432/behalf', ['postgres://u:p@db:5432/behalf']],
    ['postgresql://db/behalf', ['postgresql://db/behalf']],
    ['postgres://u:p@db/behalf?sslmode=verify-full', ['postgres://u:p@db/behalf?sslmode=verify-full']],
    [
      'postgres://u:p%2C@a:1,b,[::1]:3/behalf',
      ['postgres://u:p%2C@a:1/behalf', 'postgres://u:p%2C@b/behalf', 'postgres://u:p%2C@[::1]:3/behalf'],
    ],
    ['postgres://u@a,b/behalf?target_session_attrs=read-write', ['postgres://u@a/behalf', 'postgres://u@b/behalf']],
    ['postgres://a,b/x?sslmode=require&target_session_attrs=primary', ['postgres://a/x?sslmode=require', 'postgres://b/x?sslmode=require']],
    ['postgres:///behalf?host=/run/postgresql', ['postgres:///behalf?host=/run/postgresql']],
  ])('%s names %j', (url, expected) => {
    expect(membersOf(url)).toEqual(expected);
  });

  it.each([
    ['mysql://db/behalf', 'begins with postgres://'],
    ['db:5432', 'begins with postgres://'],
    ['postgres://a:port,b/behalf', 'begins with postgres://'],
    ['postgres://a,,b/behalf', 'each comma'],
    ['postgres://a,/behalf', 'each comma'],
    ['postgres://a,b/behalf?target_session_attrs=any', 'takes no writes'],
    ['postgres://a/behalf?target_session_attrs=prefer-standby', 'takes no writes'],
  ])('%s is refused', (url, why) => {
    expect(() => membersOf(url)).toThrow(why);
  });
});
