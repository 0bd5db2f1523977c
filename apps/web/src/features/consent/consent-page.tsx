import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect } from 'react';
import { isProblem } from '../../lib/http.js';
import { leaveTo, loginAddress } from '../../lib/navigate.js';
import { authorizationRequestQuery } from '../../lib/resources.js';
import { ErrorState } from '../../ui/states.js';
import { Consent } from './consent.js';
import { EndedRequest } from './ended-request.js';

const route = getRouteApi('/consent');

/** The page that strangers see: who asks, as whom, for what, on which teams. */
export function ConsentPage() {
  const { request_id } = route.useSearch();
  const { data, error, refetch } = useQuery({ ...authorizationRequestQuery(request_id ?? ''), enabled: request_id !== undefined });
  const signedOut = data?.user === null;
  useEffect(() => {
    if (signedOut && request_id !== undefined) leaveTo(loginAddress(request_id));
  }, [signedOut, request_id]);
  useEffect(() => {
    // Walked back to from the application: the page as it was left would offer what is over.
    const ask = ({ persisted }: PageTransitionEvent) => persisted && void refetch();
    window.addEventListener('pageshow', ask);
    return () => window.removeEventListener('pageshow', ask);
  }, [refetch]);
  if (request_id === undefined || isProblem(error, 'request-gone', 'not-found', 'validation-failed')) {
    return <EndedRequest error={error} request_id={request_id} />;
  }
  if (error && !data) {
    return (
      <main className="b-centre">
        <div className="b-centre-text">
          <ErrorState what="This request" error={error} onRetry={() => void refetch()} />
        </div>
      </main>
    );
  }
  if (!data || signedOut) return <ConsentSkeleton />;
  return <Consent request_id={request_id} request={data} />;
}

function ConsentSkeleton() {
  return (
    <main className="b-centre">
      <div className="b-panel b-consent" role="status" aria-label="Loading the request">
        <div className="b-consent-head">
          <Skeleton height={16} width={72} mb={20} />
          <Skeleton height={24} width="55%" mb={12} />
          <Skeleton height={12} width="75%" />
        </div>
        <div className="b-consent-user">
          <Skeleton height={28} circle />
          <Skeleton height={12} width="45%" />
        </div>
        <section>
          <Skeleton height={12} width="70%" mt={24} mb={20} />
          <Skeleton height={12} width="60%" mb={20} />
          <Skeleton height={12} width="75%" mb={32} />
          <Skeleton height={120} mb={24} />
          <Skeleton height={36} mb={24} />
        </section>
      </div>
    </main>
  );
}
