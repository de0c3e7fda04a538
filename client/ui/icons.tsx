/** Line icons, 20 × 20. Always next to text or in a control with a name, so hidden from assistive technology. */
const paths = {
  download: 'M10 3v9m-4-4 4 4 4-4M4 16.5h12',
  reference: 'M3 5h10v10H3zM16 8v9H7M6 12l2.5-2.5L13 14',
  close: 'm5 5 10 10M15 5 5 15',
  plus: 'M10 4v12M4 10h12',
  minus: 'M4 10h12',
  theme: 'M10 3a7 7 0 1 0 0 14zM10 3a7 7 0 0 1 0 14',
  up: 'm5 12 5-5 5 5',
  left: 'm12 4-6 6 6 6',
  right: 'm8 4 6 6-6 6',
  check: 'm4 10.500 4 4 8-9',
  history: 'M4 10a6 6 0 1 0 2-4.500M4 4v3.500h3.500M10 7v3.500l2 1.500',
  retry: 'M16 10a6 6 0 1 1-2-4.5L16 7.500M16 4v3.500h-3.500',
  remix: 'M4 10a6 6 0 0 1 10.5-4L16 7.5M16 4v3.5h-3.5M16 10a6 6 0 0 1-10.5 4L4 12.5M4 16v-3.5h3.5',
  pencil: 'M10 4c4.500 0 7 2.600 7 6s-3 6-7.200 6S3 13.200 3 9.800 6 3.500 11 3.600',
  more: 'M4.500 10h.01M10 10h.01M15.500 10h.01',
} as const;

export type IconName = keyof typeof paths;

export function Icon(props: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={paths[props.name]} />
    </svg>
  );
}
