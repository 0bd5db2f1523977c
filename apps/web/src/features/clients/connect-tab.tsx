import { type Client, OAUTH_ENDPOINTS } from '@behalf/domain';
import { SegmentedControl } from '@mantine/core';
import { IconClockHour4, IconRefresh, IconUserCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { useSession } from '../../lib/use-session.js';
import { Copy } from '../../ui/identifier.js';
import { Code } from './code.js';
import { LANGUAGES, type Language, stepsFor } from './snippets.js';

/** Everything an integration needs: addresses, code that runs, and advice. */
export function ConnectTab({ client }: { client: Client }) {
  const [language, choose] = useState<Language>('Node');
  const { issuer } = useSession();
  return (
    <div className="b-tab">
      <Addresses issuer={issuer} client={client} />
      <div className="b-connect-head">
        <span>Code examples</span>
        <SegmentedControl aria-label="Language" data={[...LANGUAGES]} value={language} onChange={(next) => choose(next)} />
      </div>
      {stepsFor(language, client, issuer).map(({ title, text, code }, index) => (
        <section className="b-step" key={`${language} ${title}`}>
          <h3>
            {index + 1}. {title}
          </h3>
          <p className="b-section-text">{text}</p>
          <Code label={title} text={code} />
        </section>
      ))}
      <Advice />
    </div>
  );
}

function Addresses({ issuer, client }: { issuer: string; client: Client }) {
  const { authorization, token, revocation, introspection, userinfo, metadata } = OAUTH_ENDPOINTS;
  const addresses: [title: string, address: string][] = [
    ['Issuer', issuer],
    ['Authorize', issuer + authorization],
    ['Token', issuer + token],
    ['Revoke', issuer + revocation],
    // RFC 7662 §2.1: who introspects authenticates, and a public client cannot.
    ...(client.client_type === 'confidential' ? [['Introspect', issuer + introspection] as [string, string]] : []),
    ['Userinfo', issuer + userinfo],
    ['Metadata', issuer + metadata],
  ];
  return (
    <dl className="b-addresses">
      {addresses.map(([title, address]) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>
            <code className="b-mono">{address}</code>
            <Copy value={address} label={`Copy ${title}`} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

const ADVICE = [
  { icon: IconUserCheck, title: 'Pick the authorizing user carefully.', text: 'A client can never do more than that user can.' },
  {
    icon: IconClockHour4,
    title: 'Treat access tokens as short-lived credentials.',
    text: 'Don’t store them long term; refresh them instead.',
  },
  { icon: IconRefresh, title: 'Rotate credentials on a schedule,', text: 'and at once when somebody who had access leaves.' },
];

function Advice() {
  return (
    <section className="b-step">
      <h3>Before you ship</h3>
      <ul className="b-advice">
        {ADVICE.map(({ icon: Icon, title, text }) => (
          <li key={title}>
            <Icon size={16} stroke={1.6} aria-hidden="true" />
            <span>
              <strong>{title}</strong> {text}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
