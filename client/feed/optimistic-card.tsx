import { TaskCardHead } from '../gallery/task-card/task-card.tsx';
import { EmptyTaskImage, TaskImageList } from '../gallery/task-card/task-images.tsx';
import { imageCode } from '../gallery/task-numbers.ts';
import type { OptimisticRequest } from '../generate/submission.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';

/** The card of a request that has no response yet. */
export function OptimisticCard(props: { request: OptimisticRequest; code: string }) {
  return (
    <article
      class="task-card film"
      classList={{ 'task-card-single': props.request.count === 1 }}
      aria-label={messages.task.request(props.code)}
      aria-busy="true"
    >
      <TaskCardHead
        code={props.code}
        prompt={props.request.prompt}
        meta={lazyMessages.task.meta(
          props.request.model.label,
          props.request.costCredits,
          undefined,
          props.request.model.provider.sandbox,
        )}
      />
      <TaskImageList
        count={props.request.count}
        ratio={props.request.ratio}
        developed={0}
        label={lazyMessages.task.imagesInProgress(props.code)}
      >
        {(index) => (
          <EmptyTaskImage
            code={imageCode(props.code, index)}
            text={lazyMessages.task.imageInProgress(imageCode(props.code, index))}
          />
        )}
      </TaskImageList>
      <div class="progress">
        <div class="ruler" />
        <p class="progress-text">
          <span class="code">{lazyMessages.task.sending}</span>
        </p>
      </div>
    </article>
  );
}
