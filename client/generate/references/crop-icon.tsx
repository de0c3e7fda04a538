export function CropIcon() {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d="M6 2.500V14h11.500M2.500 6H14v11.500" />
    </svg>
  );
}
