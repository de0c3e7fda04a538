import { laterWords } from '../i18n/lazy-messages.ts';
import { words } from '../i18n/messages.ts';
import type { OutgoingRequest } from '../generate/submit/submission.ts';
import { EmptyFrame, FrameList } from '../gallery/task-card/task-images.tsx';
import { StripHead } from '../gallery/task-card/task-card-head.tsx';
import { frameCode } from '../gallery/task-numbers.ts';

/** A request that was just sent, in its place before the server has answered. */
export function OutgoingStrip(props: { request: OutgoingRequest; code: string }) {
  return (
    <article
      class="strip film"
      classList={{ 'strip-single': props.request.count === 1 }}
      aria-label={words.strip.request(props.code)}
      aria-busy="true"
    >
      <StripHead
        code={props.code}
        prompt={props.request.prompt}
        meta={laterWords.strip.meta(
          props.request.model.label,
          props.request.costCredits,
          undefined,
          props.request.model.provider.sandbox,
        )}
      />
      <FrameList
        count={props.request.count}
        ratio={props.request.ratio}
        developed={0}
        label={laterWords.strip.framesInProgress(props.code)}
      >
        {(index) => (
          <EmptyFrame
            code={frameCode(props.code, index)}
            words={laterWords.strip.frameInProgress(frameCode(props.code, index))}
          />
        )}
      </FrameList>
      <div class="progress">
        <div class="ruler" />
        <p class="progress-words">
          <span class="code">{laterWords.strip.sending}</span>
        </p>
      </div>
    </article>
  );
}
