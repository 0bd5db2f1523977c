import { checkLicences } from './licences.mjs';
import { pnpm } from './run.mjs';
import { say, step } from './say.mjs';

const GRAVE = new Set(['high', 'critical']);
/** Fewer packages than this were not all of them. */
const LEAST_PACKAGES = 50;

/**
 * Asks the registry for known vulnerabilities of every dependency, first of those that ship, and looks at the licences.
 *
 * @returns an exit code: 0 only where the registry answered and nothing grave is known
 */
export async function auditDependencies() {
  const codes = [
    await step('Known vulnerabilities of what ships', () => askAdvisories(['--prod'])),
    await step('Known vulnerabilities of everything that is installed', () => askAdvisories([])),
    await step('Licences of what ships', () => checkLicences({ write: !process.env.CI })),
  ];
  return codes.some((code) => code !== 0) ? 1 : 0;
}

async function askAdvisories(scope) {
  let said = '';
  await pnpm(['audit', '--json', ...scope], { quiet: true, keep: (text) => (said = text) });
  const answer = readAnswer(said);
  if (!answer) {
    const reason = /ERR_PNPM_\w+|E[A-Z]{5,}/.exec(said)?.[0] ?? 'no answer that can be read';
    say(`The registry gives no advisories (${reason}), so nothing is known about vulnerabilities. Ask one that does.`);
    return 1;
  }
  const grave = Object.values(answer.advisories).filter(({ severity }) => GRAVE.has(severity));
  for (const { module_name, severity, title, vulnerable_versions, url } of grave) {
    say(`✗ ${severity}: ${module_name} ${vulnerable_versions}: ${title} (${url})`);
  }
  return grave.length ? 1 : 0;
}

/** pnpm's report, or null where there is none that covers the packages. */
function readAnswer(text) {
  try {
    const answer = JSON.parse(text.slice(text.indexOf('{')));
    return answer.metadata.totalDependencies >= LEAST_PACKAGES ? answer : null;
  } catch {
    return null;
  }
}
