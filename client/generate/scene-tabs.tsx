import { Tabs } from '../ui/tabs.tsx';
import { words } from '../i18n/messages.ts';
import type { BenchProps } from './form-props.ts';

function scenes() {
  return [
    { value: 'TEXT_TO_IMAGE', label: words.bench.textToImage },
    { value: 'IMAGE_TO_IMAGE', label: words.bench.imageToImage },
  ] as const;
}

/** The scene's tabs; they rule the panel with this id. */
export function SceneTabs(props: Pick<BenchProps, 'draft' | 'onScene'> & { panelId: string }) {
  return (
    <Tabs
      label={words.bench.scenes}
      tabs={scenes()}
      value={props.draft.content.scene}
      panelId={props.panelId}
      onChange={(scene) => props.onScene(scene)}
    />
  );
}
