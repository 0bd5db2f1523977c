/** The product's mark: two rings that overlap, one acting for the other. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <rect width="20" height="20" rx="5" fill="#4b56c4" />
      <circle cx="8" cy="10" r="3.6" fill="none" stroke="#fff" strokeWidth="1.7" />
      <circle cx="12" cy="10" r="3.6" fill="none" stroke="#fff" strokeWidth="1.7" />
    </svg>
  );
}
