// The door of every npm script: works on a machine that has only Node and npm. What an old Node cannot read comes after the check.
import { checkNode } from './lib/say.mjs';

checkNode();
void import('./lib/commands.mjs').then(({ runCommand }) => runCommand(process.argv[2], process.argv.slice(3)));
