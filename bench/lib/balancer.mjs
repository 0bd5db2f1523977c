// A plain TCP balancer: each connection goes to the next of the ports, and stays there.
import { connect, createServer } from 'node:net';

const ports = process.env.PORTS.split(',').map(Number);
let turn = 0;

createServer((from) => {
  const to = connect(ports[turn++ % ports.length], '127.0.0.1');
  for (const [one, other] of [
    [from, to],
    [to, from],
  ]) {
    one.setNoDelay(true);
    one.on('error', () => other.destroy());
    one.pipe(other);
  }
}).listen(Number(process.env.PORT), '127.0.0.1');

process.on('SIGTERM', () => process.exit(0));
