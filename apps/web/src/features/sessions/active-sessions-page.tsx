export function ActiveSessionsPage() { return null; }
