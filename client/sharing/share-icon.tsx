/** As those of `ui/icons.tsx`, apart from them because they are part of the first load. */
export function ShareIcon() {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d="M10 12.500v-10m-4 4 4-4 4 4M5 9.500v7h10v-7" />
    </svg>
  );
}
