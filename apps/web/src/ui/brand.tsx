/** The product's mark: one ring in front of another, acting for it. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" focusable="false" fill="none" stroke="#fff" strokeWidth="1.6">
      <rect width="20" height="20" rx="5" fill="var(--mantine-color-indigo-7)" stroke="none" />
      <circle cx="12.9" cy="10" r="3.6" />
      <circle cx="7.6" cy="10" r="3.6" fill="var(--mantine-color-indigo-7)" />
    </svg>
  );
}
