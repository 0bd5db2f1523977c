import type { SessionInfo } from '@behalf/domain';
import { Link } from '@tanstack/react-router';
import { visibleNavigation } from './navigation.js';

/** The navigation's groups, as far as the user may see them. */
export function NavigationEntries({ session }: { session: SessionInfo }) {
  return visibleNavigation(session.permissions).map(({ title, entries }) => (
    <section key={title}>
      <h2>{title}</h2>
      <ul>
        {entries.map(({ label, to, icon: Icon }) => (
          <li key={to}>
            <Link to={to} activeProps={{ 'aria-current': 'page' }}>
              <Icon size={16} stroke={1.6} aria-hidden="true" />
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  ));
}
