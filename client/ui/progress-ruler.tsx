/** Progress as a tick ruler on film. Without a percentage it shows that something happens, not how far it is. */
export function ProgressRuler(props: {
  label: string;
  /** 0 to 100; undefined where nothing can be said. */
  percent: number | undefined;
  /** What a screen reader says of it. */
  valueText: string;
}) {
  return (
    <div
      class="ruler"
      classList={{ 'ruler-unknown': props.percent === undefined }}
      role="progressbar"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={props.percent}
      aria-valuetext={props.valueText}
    >
      <div class="ruler-fill" style={{ '--percent': `${props.percent ?? 0}%` }} />
    </div>
  );
}
