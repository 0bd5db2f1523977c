import { ApprovedApps } from '../features/account/approved-apps.js';
import { PasswordForm } from '../features/account/password-form.js';
import { ProfileForm } from '../features/account/profile-form.js';
import { UiSessions } from '../features/sessions/ui-sessions.js';
import { uiSessionsQuery } from '../lib/resources.js';
import { useRows } from '../lib/use-rows.js';
import { PageHead } from '../ui/page.js';

/** One's own account: open to everyone who is signed in. */
export function AccountPage() {
  const sessions = useRows(uiSessionsQuery({ show: 'mine' }));
  return (
    <>
      <PageHead title="Your account" text="Your name and password, where you are signed in, and what you have approved." />
      <div className="b-panels">
        <ProfileForm />
        <PasswordForm others={sessions.total && sessions.total.total - 1} />
      </div>
      <section aria-labelledby="signed-in">
        <h2 className="b-subtitle" id="signed-in">
          Where you are signed in
        </h2>
        <UiSessions list={sessions} show="mine" switcher={null} />
      </section>
      <section aria-labelledby="approved">
        <h2 className="b-subtitle" id="approved">
          Approved apps
        </h2>
        <ApprovedApps />
      </section>
    </>
  );
}
