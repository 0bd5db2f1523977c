/** Values are parted by a broken bar, which none of them holds. */
const split = (...lines: string[]): string[] => lines.flatMap((line) => line.split('¦'));

/** Days and instants that some calendar, Date or PostgreSQL does not have. */
export const INSTANTS = split(
  `0000-01-01¦0001-01-01¦9999-12-31¦2026-02-30¦1970-01-01¦2026-13-01¦+275760-09-13T00:00:00Z¦-000001-01-01`,
  `2026-01-01T00:00:00+23:59¦2026-01-01T00:00:00-23:59¦2026-01-01T00:00+16:00¦2026-01-01T24:00:00Z¦2026-12-31T23:59:60Z`,
  `9999-12-31T23:59:59.999999999-15:59¦0000-01-01T00:00:00+15:59¦0001-01-01T00:00Z¦2026-01-01T00:00:00.1234567890Z¦infinity`,
  `-infinity¦epoch¦now¦allballs¦4713-01-01 BC¦2026-W01-1¦1¦1e9`,
);

/** Numbers at the ends of what integers, doubles and our own rules hold. */
export const NUMBERS = split(
  `0¦-0¦-1¦1¦1.5¦2¦200¦201¦2147483647¦2147483648¦-2147483649¦4294967296¦9007199254740993¦9223372036854775807`,
  `9223372036854775808¦18446744073709551616¦1e21¦1e308¦1e400¦-1e400¦1e-400¦31536001¦2592001`,
);

/** Words that a route may know at some other place, so that a value is of the right kind and yet wrong. */
export const WORDS = split(
  `mine¦organization¦single¦multiple¦read_only¦full_access¦enabled¦disabled¦active¦suspended¦ended¦expired¦revoked¦csv`,
  `ndjson¦true¦false¦null¦undefined¦NaN¦ui¦oauth¦system¦success¦allow¦deny¦confidential¦public¦user_authorized`,
  `platform_admin¦read_only_user¦openid profile email read write¦read¦write¦offline_access¦code¦S256¦plain¦query¦fragment`,
  `form_post¦none¦login¦consent¦select_account¦authorization_code¦refresh_token¦client_credentials`,
  `urn:ietf:params:oauth:grant-type:device_code¦long_lived_full_access¦client_name¦-client_name¦name¦-at¦last_used_at`,
  `-created_at¦client.created¦token.reused¦00000000-0000-0000-0000-000000000000¦FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF`,
);

/** Each of these has broken some parser, page, log or database. */
export const NASTY = split(
  `¦ ¦\t¦\u0000¦a\u0000b¦\u0001¦\x7f¦\x85¦\u2028¦\ufeff¦\u200b¦\u202eevil¦\u2066x¦а¦ｆｕｌｌ¦\u0301¦\ud800¦\udc00x¦x\udbff`,
  `\ud83d\ude00¦\ud83d\udc69\u200d\ud83d\udc69\u200d\ud83d\udc67\u200d\ud83d\udc66`,
  `İ¦\xdf`,
  `\r\nSet-Cookie: bhf_session=stolen¦\nLocation: https://evil.test/¦%0d%0aX-Injected: 1¦<script>alert(1)</script>`,
  `"><img src=x onerror=1>¦' OR 1=1--¦\\¦\\0¦%¦_¦%25¦\${7*7}¦{{7*7}}¦$1¦../../../../etc/passwd¦..\\..\\¦/¦//¦?¦#¦&¦=¦;¦|`,
  `\`id\`¦__proto__¦constructor¦prototype¦toString¦hasOwnProperty¦valueOf¦then¦[object Object]¦javascript:alert(1)`,
  `data:text/html,x¦http://user:pw@evil.test/¦https://app.test/callback#x¦https://app.test:443/callback¦//evil.test/`,
  `http://[::1]/¦http://localhost:1/¦http://127.0.0.1.evil.test/¦https://app.test/call back¦HTTPS://APP.TEST/callback`,
  `https://xn--/¦bhf_at_¦bhf_ac_x¦bhf_rt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA`,
  `bhf_at_----------------------------------------------------------------¦bhf_cs_¦bhf_ss_¦eyJhbGciOiJub25lIn0.e30.¦WyJ4Il0`,
  `AAAA`,
);

/** What no encoder would write: percent signs without digits, overlong and surrogate UTF-8, raw bytes. */
export const BAD_ENCODINGS = split(
  `%¦%z¦%zz¦%0¦%00¦%C0%AF¦%C0%80¦%E0%80%AF¦%ED%A0%80¦%ED%B0%80¦%F4%90%80%80¦%F8%88%80%80%80¦%FF%FE¦%80¦%u0041¦%2500`,
  `%252e%252e%252f¦%E2%80%AE¦%EF%BB%BF¦+¦%2B¦\x80¦\xff\xfe¦\xc0\xaf¦\xed\xa0\x80¦a;b¦[]¦[0]=1`,
);

/** As bytes: values of every type, and texts that are hardly JSON. */
export const JSON_TEXTS = split(
  `null¦true¦false¦[]¦{}¦[[]]¦[{}]¦[null]¦[1,"a",null]¦""¦"\\ud800"¦"\\udc00\\ud800"¦"\\u0000"¦"\\uD83D"`,
  `{"__proto__":{"x":1}}¦{"constructor":{"prototype":{"x":1}}}¦{"toString":1}¦{"then":1}¦{"length":1e9}`,
  `{"0":"a","length":1}¦{"a":1,"a":2}¦"\xff"¦"\xc0\xaf"¦"\xed\xa0\x80"¦01¦.5¦+1¦0x1¦NaN¦Infinity¦'x'¦undefined¦/**/1¦1 2¦`,
  `[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]`,
);

/** Credentials, types, codings and conditions that are nearly right. */
export const HEADER_VALUES = split(
  `Bearer¦Bearer ¦bearer x¦Bearer a, Bearer b¦Basic¦Basic !!!¦Basic OnNlY3JldA==¦Basic /////w==¦Basic YTpiOmM=¦Digest x=1`,
  `application/json; charset=latin1¦application/json; charset=utf-16¦application/json;¦APPLICATION/JSON`,
  `application/json, text/html¦text/plain¦multipart/form-data; boundary=x¦application/xml`,
  `application/x-www-form-urlencoded; charset=utf-16¦a/b; c="¦; ;¦/¦gzip¦br, gzip, identity;q=0¦null¦https://evil.test`,
  `same-origin¦cross-site¦127.0.0.1, 10.0.0.1¦::1%eth0¦bytes=0-1,5-¦*/*;q=2¦a=b; a=c¦=;=¦bhf_session=¦bhf_session="`,
  `$Version=1¦\xff\xfe¦\t x \t¦"¦W/"x"¦GET¦upgrade¦keep-alive, x`,
);

export const METHODS = split(`GET¦HEAD¦POST¦PUT¦PATCH¦DELETE¦OPTIONS¦TRACE¦PROPFIND¦QUERY¦PURGE¦get¦BREW¦GET\xff¦M-SEARCH`);

/** Addresses in every form, and on ways around. */
export const TARGETS = split(
  `*¦/¦//¦/api¦/api/¦/api/v1¦/api/v1/¦/api/v1/%2e%2e/¦/oauth2¦/oauth2/¦/oauth2/../api/v1/session¦/%¦/?%`,
  `http://evil.test/api/v1/session¦https://evil.test:1/oauth2/userinfo¦evil.test:443¦/api/v1/session#x`,
  `/api/v1/session?__proto__[x]=1¦/api/v1/oauth-clients?limit=1&limit=2¦/api/v1/oauth-clients?search[]=x¦/API/V1/session`,
  `/api//v1/session¦/api/v1/session/¦/\xff¦/assets/../../package.json¦/assets/%2e%2e/%2e%2e/package.json`,
  `/assets/..%2f..%2fpackage.json¦/index.html%00¦/.env¦/errors?x=<script>¦/.well-known/¦/.well-known/../etc¦/health/`,
  `/health/live/x`,
);

/** Whole bodies, as bytes. */
export const BODIES = split(
  `¦ ¦null¦[]¦"x"¦1¦{¦{}¦{"¦{"a":1}}¦\xef\xbb\xbf{}¦{}\u0000¦\u0000¦&&&¦=¦a=%¦%00=%00¦--x\r\n`,
  `{"__proto__":null,"constructor":null}`,
);
