import './parent-note.css';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { IconButton } from '../ui/button.tsx';

/** Says which task the form was filled from; removed, the request stands for itself. */
export function ParentNote(props: { code: string | undefined; onRemove: () => void }) {
  return (
    <p class="parent-note code">
      {lazyMessages.lineage.from(props.code)}
      <IconButton
        icon="close"
        label={lazyMessages.lineage.removeParent(props.code)}
        onClick={props.onRemove}
      />
    </p>
  );
}
