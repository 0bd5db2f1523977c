export function EditDrawer() { return null; }
