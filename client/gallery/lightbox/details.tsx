import { type JSX, Show } from 'solid-js';
import { laterWords } from '../../i18n/lazy-messages.ts';
import { words } from '../../i18n/messages.ts';
import type { FrameOf } from '../gallery-item.ts';
import './details.css';

/** What made the picture, and what can be done with it. */
export function Details(props: { frame: FrameOf; children: JSX.Element }) {
  const task = () => props.frame.task;
  return (
    <div class="lightbox-details">
      <p class="lightbox-prompt" dir="auto">
        {task().prompt}
      </p>
      <dl class="lightbox-facts">
        <Fact name={laterWords.lightbox.model}>{task().model.label}</Fact>
        <Fact name={laterWords.lightbox.size}>
          {laterWords.lightbox.pixels(props.frame.image.width, props.frame.image.height)}
        </Fact>
        <Fact name={laterWords.lightbox.cost}>
          {words.credits(task().costCredits - task().refundedCredits)}
        </Fact>
        <Show when={typeof task().options['seed'] === 'number'}>
          <Fact name={words.models.seed}>{String(task().options['seed'])}</Fact>
        </Show>
      </dl>
      <div class="lightbox-actions">{props.children}</div>
    </div>
  );
}

function Fact(props: { name: string; children: JSX.Element }) {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}
