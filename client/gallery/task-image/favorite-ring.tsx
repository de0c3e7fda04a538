/** The ring around a favorite, as if by grease pencil. Draws itself once, when it is created. */
export function FavoriteRing(props: { imageId: string; isFresh: boolean }) {
  return (
    <svg
      class="favorite-ring"
      classList={{ 'favorite-ring-fresh': props.isFresh }}
      viewBox="0 0 100 100"
      preserveAspectRatio="none"
      aria-hidden="true"
      style={{ '--turn': `${turnOf(props.imageId)}deg` }}
    >
      <path pathLength="1" d="M60 5C26 1 4 22 6 51c2 27 24 44 50 42 25-2 41-20 39-46C93 22 71 5 38 10" />
      <path
        class="favorite-ring-second"
        pathLength="1"
        d="M57 6.500C27 3.500 6 21 7.200 50c1.600 27 23 43 48 41.400 26-1.600 40.800-20 38.600-44.800C91.600 24 73 7.500 45 9"
      />
    </svg>
  );
}

/** A rotation of a few degrees, stable for an image, as rings by hand differ. */
function turnOf(imageId: string): number {
  const sum = [...imageId].reduce((total, character) => total + character.charCodeAt(0), 0);
  return (sum % 17) - 8;
}
