import type { EffectiveAccess } from '@behalf/domain';
import { Skeleton } from '@mantine/core';
import { IconArrowLeft, IconUsersMinus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useRouter } from '@tanstack/react-router';
import { effectiveAccessQuery } from '../../lib/resources.js';
import { useSession } from '../../lib/use-session.js';
import { PageHead } from '../../ui/page.js';
import { EmptyState, ErrorState } from '../../ui/states.js';
import { nameOf } from './access-text.js';
import { EffectiveTables } from './effective-tables.js';
import { SideCards } from './side-cards.js';
import { summaryText } from './summary-text.js';
import './sessions.css';

const route = getRouteApi('/shell/security/effective-access');

/** Why an application may do something for a user, or not: consent, client and user side by side. */
export function EffectiveAccessPage() {
  const { user } = useSession();
  const { client_id, user_id = user.id, token_id } = route.useSearch();
  const question = { client_id: client_id ?? '', user_id, token_id };
  const { data, error, refetch } = useQuery({ ...effectiveAccessQuery(question), enabled: client_id !== undefined });
  return (
    <>
      <BackLink />
      <PageHead
        title="Effective access"
        text="What counts is what the user consented to, the client allows and the user may do: all three, as of now."
      />
      {client_id === undefined && <NoneChosen />}
      {error && !data && <ErrorState what="The effective access" error={error} onRetry={() => void refetch()} />}
      {client_id !== undefined && !(error && !data) && (
        <>
          <Summary access={data} one={token_id !== undefined} />
          <SideCards access={data} />
          <EffectiveTables access={data} />
        </>
      )}
    </>
  );
}

/** Back to the list as it was left, where one came from it. */
function BackLink() {
  const { history } = useRouter();
  return (
    <Link
      to="/security/active-sessions"
      className="b-back"
      onClick={(event) => {
        if (!history.canGoBack() || event.metaKey || event.ctrlKey) return;
        event.preventDefault();
        history.back();
      }}
    >
      <IconArrowLeft size={14} stroke={1.6} aria-hidden="true" />
      Active Sessions
    </Link>
  );
}

function NoneChosen() {
  return (
    <EmptyState
      icon={<IconUsersMinus size={20} stroke={1.6} />}
      title="No application chosen"
      text="Open Active Sessions and choose Explain access beside an application."
    />
  );
}

/** Who is asked about, and the answer in one sentence. */
function Summary({ access, one }: { access: EffectiveAccess | undefined; one: boolean }) {
  if (!access) {
    return (
      <div className="b-subject">
        <Skeleton height={14} width={220} my={3} radius="xs" />
        <Skeleton height={12} width="60%" my={6} radius="xs" />
      </div>
    );
  }
  const { client, user } = access;
  return (
    <div className="b-subject">
      <h2>
        <strong>{client.client_name}</strong> for <strong>{nameOf(user)}</strong>
        <span>{user.email}</span>
      </h2>
      <p role="status">{summaryText(access, one)}</p>
    </div>
  );
}
