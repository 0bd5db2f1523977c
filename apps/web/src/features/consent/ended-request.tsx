import { Mark } from '../../ui/brand.js';
import './consent.css';

/** An authorization request that was answered already, took too long, or belongs to another browser. */
export function EndedRequest({ request_id }: { request_id: string | null }) {
  return (
    <main className="b-centre">
      <div className="b-panel b-login b-ended">
        <div className="b-inline b-login-brand">
          <Mark size={24} />
          <span>Behalf</span>
        </div>
        <h1>This request has ended</h1>
        <p>It was answered already, took too long, or belongs to another browser. Go back to the application and start again.</p>
        {request_id && (
          <p>
            Request ID <code className="b-mono">{request_id}</code>
          </p>
        )}
      </div>
    </main>
  );
}
