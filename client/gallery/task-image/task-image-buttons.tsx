import { Icon } from '../../ui/icons.tsx';
import { laterWords } from '../../i18n/lazy-messages.ts';
import type { FrameTools } from '../image-actions.ts';
import type { FrameOf } from '../gallery-item.ts';
import { ownAddress } from '../own-address.ts';

/** The small buttons on a frame: mark it, use it again, save it. */
export function FrameActions(props: {
  frame: FrameOf;
  tools: FrameTools;
  isMarked: boolean;
  isTabStop: boolean;
  onMark: () => void;
}) {
  const tabIndex = () => (props.isTabStop ? undefined : -1);
  return (
    <div class="frame-actions">
      <button
        type="button"
        class="button button-icon"
        tabIndex={tabIndex()}
        aria-label={laterWords.strip.markFrame(props.frame.code)}
        aria-pressed={props.isMarked}
        onClick={() => props.onMark()}
      >
        <Icon name="pencil" />
      </button>
      <button
        type="button"
        class="button button-icon"
        tabIndex={tabIndex()}
        aria-label={laterWords.strip.useFrame(props.frame.code)}
        onClick={() => props.tools.use(props.frame)}
      >
        <Icon name="reference" />
      </button>
      <a
        class="button button-icon"
        tabIndex={tabIndex()}
        href={ownAddress(props.frame.image.downloadUrl)}
        download=""
        aria-label={laterWords.strip.downloadFrame(props.frame.code)}
        onClick={(event) => {
          // The link is enough for the browser; fetched here, a failure can be told and mended.
          if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
          event.preventDefault();
          void props.tools.downloads.one(props.frame);
        }}
      >
        <Icon name="download" />
      </a>
    </div>
  );
}
