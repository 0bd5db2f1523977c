import { createServer } from 'node:http';

const BODY = JSON.stringify({ active: true, scope: 'read write', client_id: 'floor', exp: 1, iat: 0, sub: 'nobody', token_type: 'Bearer' });

createServer((request, response) => {
  let form = '';
  request.on('data', (chunk) => (form += chunk));
  request.on('end', () => {
    const read = new URLSearchParams(form);
    const headers = {
      'content-type': 'application/json',
      'content-length': BODY.length,
      'cache-control': 'no-store',
      'x-fields': read.size,
    };
    response.writeHead(200, headers);
    response.end(BODY);
  });
}).listen(Number(process.env.PORT), '127.0.0.1');

process.on('SIGTERM', () => process.exit(0));
