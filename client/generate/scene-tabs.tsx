import { Tabs } from '../ui/tabs.tsx';
import { messages } from '../i18n/messages.ts';
import type { FormProps } from './form-props.ts';

function scenes() {
  return [
    { value: 'TEXT_TO_IMAGE', label: messages.form.textToImage },
    { value: 'IMAGE_TO_IMAGE', label: messages.form.imageToImage },
  ] as const;
}

/** The scene's tabs; they rule the panel with this id. */
export function SceneTabs(props: Pick<FormProps, 'draft' | 'onScene'> & { panelId: string }) {
  return (
    <Tabs
      label={messages.form.scenes}
      tabs={scenes()}
      value={props.draft.content.scene}
      panelId={props.panelId}
      onChange={(scene) => props.onScene(scene)}
    />
  );
}
