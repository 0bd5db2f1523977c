export function EffectiveAccessPage() { return null; }
