/** The whole page takes pictures: dropped anywhere, or pasted with the focus anywhere. */
export function listenForPictures(options: {
  onFiles: (files: File[]) => void;
  /** Whether files are being dragged over the page. */
  onDragging: (isDragging: boolean) => void;
}): () => void {
  const stop = new AbortController();
  const listen = <Name extends 'dragenter' | 'dragover' | 'dragleave' | 'drop' | 'paste'>(
    name: Name,
    listener: (event: WindowEventMap[Name]) => void,
  ) => window.addEventListener(name, listener, { signal: stop.signal });

  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
  listen('dragenter', (event) => options.onDragging(hasFiles(event)));
  listen('dragover', (event) => {
    if (!hasFiles(event)) return;
    // Without this the browser would open the file in place of the page.
    event.preventDefault();
  });
  listen('dragleave', (event) => {
    if (event.relatedTarget === null) options.onDragging(false);
  });
  listen('drop', (event) => {
    options.onDragging(false);
    if (!hasFiles(event)) return;
    event.preventDefault();
    options.onFiles([...(event.dataTransfer?.files ?? [])]);
  });
  listen('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    options.onFiles(files);
  });
  return () => stop.abort();
}
